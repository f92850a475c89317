//! Keeps files on a shelf: objects of one container, on whatever service that lies.
//! What is put comes on standard input, what is taken goes to standard output, and
//! neither passes through the memory of this program.

mod io;
mod shelf;

use cloud::blobstore::container::Range;
use cloud::types::errors::Error;
use shelf::{Shelf, Write};
use wasi::cli::environment;

wit_bindgen::generate!({
    path: ["../../../wit/types", "../../../wit/blobstore", "wit"],
    inline: "
        package cloud:example;
        world shelf {
            import cloud:blobstore/container@0.1.0;
            import wasi:cli/environment@0.3.0;
            import wasi:cli/stdin@0.3.0;
            import wasi:cli/stdout@0.3.0;
            import wasi:cli/stderr@0.3.0;
            export wasi:cli/run@0.3.0;
        }
    ",
    world: "cloud:example/shelf",
    generate_all,
});

const USAGE: &str = "usage: shelf put NAME [TYPE]        a new file, from standard input
       shelf replace NAME [TYPE]    the same over an old one
       shelf get NAME [FROM..TO]    a file or some of its bytes, to standard output
       shelf list [FOLDER/]         what lies there
       shelf remove NAME...";

struct App;

export!(App);

/// What ends the program early, for people.
#[derive(Debug)]
struct Failure(String);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(format!("the container answers {error:?}"))
    }
}

impl exports::wasi::cli::run::Guest for App {
    async fn run() -> Result<(), ()> {
        match run().await {
            Ok(()) => Ok(()),
            Err(Failure(reason)) => {
                // Nobody is left to be told if this fails.
                let _ = io::complain(&format!("shelf: {reason}\n")).await;
                Err(())
            }
        }
    }
}

async fn run() -> Result<(), Failure> {
    let arguments = environment::get_arguments();
    let words: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    let shelf = Shelf::open().await?;
    match *words.as_slice() {
        ["put", name] => shelf.put(name, None, Write::New).await,
        ["put", name, content_type] => shelf.put(name, Some(content_type), Write::New).await,
        ["replace", name] => shelf.put(name, None, Write::Over).await,
        ["replace", name, content_type] => shelf.put(name, Some(content_type), Write::Over).await,
        ["get", name] => shelf.get(name, None).await,
        ["get", name, range] => shelf.get(name, Some(bytes(range)?)).await,
        ["list"] => shelf.list("").await,
        ["list", folder] => shelf.list(folder).await,
        ["remove", ref names @ ..] if !names.is_empty() => shelf.remove(names).await,
        _ => Err(Failure(USAGE.into())),
    }
}

/// `FROM..TO`, without the last, or `FROM..` up to the end.
fn bytes(text: &str) -> Result<Range, Failure> {
    let range = text.split_once("..").and_then(|(from, to)| {
        let offset: u64 = from.parse().ok()?;
        let length = match to {
            "" => None,
            to => Some(to.parse::<u64>().ok()?.checked_sub(offset)?),
        };
        Some(Range { offset, length })
    });
    range.ok_or_else(|| Failure(format!("`{text}` is no range of bytes: FROM..TO, FROM..")))
}
