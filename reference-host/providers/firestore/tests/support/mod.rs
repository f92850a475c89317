//! The emulator of a test, and a server that only refuses.
#![allow(dead_code, reason = "each test file uses a part")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use provider_firestore::FACTORY;
use provider_tests::Subject;

pub(crate) const FIRESTORE: Subject = Subject {
    secrets: &["http"],
    ..Subject::of(&FACTORY)
};

/// A server of gRPC that answers every request with one code.
pub(crate) fn refusing(code: u8) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || refuse_all(stream, code));
        }
    });
    endpoint
}

/// As much of HTTP/2 as that takes; ends with the connection.
fn refuse_all(mut stream: TcpStream, code: u8) -> std::io::Result<()> {
    const HEADERS: u8 = 1;
    const SETTINGS: u8 = 4;
    stream.read_exact(&mut [0; 24])?;
    stream.write_all(&frame(SETTINGS, 0, 0, &[]))?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head)?;
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        stream.read_exact(&mut vec![0; length])?;
        let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        match head[3] {
            SETTINGS if head[4] & 1 == 0 => stream.write_all(&frame(SETTINGS, 1, 0, &[]))?,
            HEADERS => {
                // `:status: 200` of the static table, then literals.
                let mut block = vec![0x88];
                let code = code.to_string();
                for (name, value) in [
                    ("content-type", "application/grpc"),
                    ("grpc-status", &code),
                    ("grpc-message", "sesame"),
                ] {
                    block.push(0);
                    for text in [name, value] {
                        block.push(u8::try_from(text.len()).unwrap());
                        block.extend(text.as_bytes());
                    }
                }
                stream.write_all(&frame(HEADERS, 5, id, &block))?;
            }
            _ => {}
        }
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}
