//! The guest that writes and reads objects as streams, through one buffer that is used
//! again and again.

wit_bindgen::generate!({
    path: ["../../../../wit/types", "../../../../wit/blobstore", "wit"],
    inline: "
        package cloud:bench-streams;
        world guest {
            import cloud:blobstore/container@0.1.0;
            export cloud:bench/streams@0.1.0;
        }
    ",
    world: "cloud:bench-streams/guest",
    generate_all,
});

use sha2::{Digest as _, Sha256};
use wit_bindgen::StreamResult;

use cloud::blobstore::container::{self, Container, PutOptions};
use cloud::types::errors::Error;
use exports::cloud::bench::streams::Guest;

struct Bench;

export!(Bench);

async fn open(name: String) -> Container {
    container::open(name)
        .await
        .expect("the benchmark grants the name")
}

/// Writes an object in pieces, each of which `fill` makes anew.
async fn write(
    container: &Container,
    name: &str,
    bytes: u64,
    piece: u32,
    mut fill: impl FnMut(&mut [u8]),
) {
    let (mut writer, data) = wit_stream::new();
    let (whole, end) = wit_future::new(|| Err(Error::Cancelled));
    let options = PutOptions {
        content_type: None,
        metadata: Vec::new(),
        size: None,
        expected: None,
    };
    let answer = container.put(name, data, end, &options);
    let mut left = bytes;
    let mut buffer = Vec::with_capacity(piece as usize);
    while left > 0 {
        let length = left.min(u64::from(piece));
        buffer.resize(length as usize, b'v');
        fill(&mut buffer);
        buffer = writer.write_all(buffer).await;
        if !buffer.is_empty() {
            break;
        }
        left -= length;
    }
    drop(writer);
    // Whoever does not want to hear it has failed, and says so.
    let _ = whole.write(Ok(())).await;
    answer.await.expect("the container takes the object");
}

/// Reads an object; returns the number of its bytes.
async fn read(container: &Container, name: &str, piece: u32, mut each: impl FnMut(&[u8])) -> u64 {
    let content = container.get(name.to_owned(), None, None).await;
    let found = content.expect("the container answers");
    let mut content = found.expect("the object is there");
    let mut sum = 0;
    let mut buffer = Vec::with_capacity(piece as usize);
    loop {
        let (result, read) = content.data.read(buffer).await;
        sum += read.len() as u64;
        each(&read);
        if result == StreamResult::Dropped {
            break;
        }
        buffer = read;
        buffer.clear();
    }
    content.end.await.expect("the object is read to its end");
    sum
}

/// Bytes that nothing can make smaller or foresee: splitmix64.
struct Random(u64);

impl Random {
    fn fill(&mut self, bytes: &mut [u8]) {
        for word in bytes.chunks_mut(8) {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let mixed = (mixed ^ (mixed >> 31)).to_le_bytes();
            word.copy_from_slice(&mixed[..word.len()]);
        }
    }
}

impl Guest for Bench {
    async fn put(container: String, name: String, bytes: u64, piece: u32, times: u32) {
        let container = open(container).await;
        for _ in 0..times {
            write(&container, &name, bytes, piece, |_| {}).await;
        }
    }

    async fn get(container: String, name: String, piece: u32, times: u32) -> u64 {
        let container = open(container).await;
        let mut sum = 0;
        for _ in 0..times {
            sum += read(&container, &name, piece, |_| {}).await;
        }
        sum
    }

    async fn put_random(container: String, name: String, bytes: u64, piece: u32) -> Vec<u8> {
        let container = open(container).await;
        let (mut random, mut digest) = (Random(bytes), Sha256::new());
        let fill = |piece: &mut [u8]| {
            random.fill(piece);
            digest.update(&*piece);
        };
        write(&container, &name, bytes, piece, fill).await;
        digest.finalize().to_vec()
    }

    async fn get_digest(container: String, name: String, piece: u32) -> Vec<u8> {
        let container = open(container).await;
        let mut digest = Sha256::new();
        read(&container, &name, piece, |piece| digest.update(piece)).await;
        digest.finalize().to_vec()
    }
}
