//! Requests that cases about links send: as somebody does who was given the link, and
//! knows nothing else of the service.

use std::sync::Arc;
use std::time::Duration;

use cloud_contract::Platform;
use cloud_contract::blobstore::Access;
use reference_host::wasmtime::component::{Accessor, HasData, Linker};
use reference_host::{HostError, State, wasmtime};
use reqwest::header::{CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response, Url};
use tokio::sync::OnceCell;

use bindings::cloud::conformance::requests as wit;

#[allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    reason = "generated code"
)]
mod bindings {
    reference_host::wasmtime::component::bindgen!({
        path: "../../conformance/guests/kit/wit",
        world: "cloud:conformance/requests-only",
        imports: { default: trappable },
        wasmtime_crate: reference_host::wasmtime,
    });
}

/// The most bytes of an answer, as the interface says.
const MOST_BYTES: usize = 8 << 20;
/// How long one request may take. The case has a limit of its own.
const LIMIT: Duration = Duration::from_secs(60);

/// What an instance may send: requests to the service of the provider's own links. A
/// suite is a guest like others, and gets no network.
#[derive(Debug, Clone)]
pub(crate) struct Requests(Arc<Service>);

#[derive(Debug)]
struct Service {
    platform: Arc<dyn Platform>,
    /// A container that is granted.
    container: String,
    /// Looked up once: most cases send nothing.
    found: OnceCell<(Url, Client)>,
}

impl Requests {
    pub(crate) fn new(platform: Arc<dyn Platform>, container: String) -> Self {
        Self(Arc::new(Service {
            platform,
            container,
            found: OnceCell::new(),
        }))
    }
}

impl Service {
    async fn send(
        &self,
        method: &str,
        url: &str,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> Result<wit::Answer, String> {
        let unsendable = |what| format!("the {what} of a link cannot be sent");
        let url = Url::parse(url).map_err(|_| unsendable("URL"))?;
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| unsendable("method"))?;
        let headers = header_map(headers).ok_or_else(|| unsendable("header"))?;
        let (own, client) = self.found.get_or_try_init(|| self.find()).await?;
        if url.origin() != own.origin() {
            return Err("a link leads to another service than the one before".into());
        }
        let mut request = client.request(method.clone(), url).headers(headers);
        if method == Method::PUT || method == Method::POST {
            // The client leaves it out where it is 0, and some services ask for it.
            request = request.header(CONTENT_LENGTH, body.len()).body(body);
        }
        let response = request.send().await.map_err(|error| unanswered(&error))?;
        Ok(wit::Answer {
            status: response.status().as_u16(),
            body: read(response).await?,
        })
    }

    /// Where the provider's links lead, and a client for that.
    async fn find(&self) -> Result<(Url, Client), String> {
        let made = async {
            let container = self.platform.open_container(&self.container).await?;
            container.sign("any", Access::Get, LIMIT).await
        };
        let link = made.await.map_err(|_| "the provider makes no links")?;
        let url = Url::parse(&link.url).map_err(|_| "the URL of a link cannot be read")?;
        // The first one stays; all ours are the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(LIMIT);
        if url.scheme() == "http" {
            // An emulator, on this machine or near it.
            client = client.no_proxy();
        }
        let client = client.build().map_err(|_| "there is no client for links")?;
        Ok((url, client))
    }
}

/// None where a name or a value is none of HTTP. The client itself says where it goes.
fn header_map(headers: Vec<(String, String)>) -> Option<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::try_from(name).ok()?;
        let value = HeaderValue::try_from(value).ok()?;
        if name != HOST {
            map.append(name, value);
        }
    }
    Some(map)
}

async fn read(mut response: Response) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| unanswered(&error))? {
        if bytes.len() + piece.len() > MOST_BYTES {
            return Err("an answer of more than 8 MiB".into());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Says nothing of where it went.
fn unanswered(error: &reqwest::Error) -> String {
    let reason = match error {
        error if error.is_connect() => "nobody to be connected with",
        error if error.is_timeout() => "no answer in time",
        _ => "no whole answer",
    };
    reason.to_owned()
}

/// Offers the interface to guests that are loaded later.
///
/// # Errors
/// [`HostError::Engine`].
pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> Result<(), HostError> {
    wit::add_to_linker::<State, Sender>(linker, |state| state)
        .map_err(|error| HostError::Engine(format!("{error:#}")))
}

struct Sender;

impl HasData for Sender {
    type Data<'a> = &'a mut State;
}

impl wit::Host for State {}

impl wit::HostWithStore<State> for Sender {
    async fn send(
        accessor: &Accessor<State, Self>,
        method: String,
        url: String,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> wasmtime::Result<Result<wit::Answer, String>> {
        let requests = accessor.with(|mut access| {
            let state: &mut State = access.get();
            state.companion::<Requests>().map(|(own, _)| own.clone())
        });
        let Some(Requests(service)) = requests else {
            return Ok(Err("this host sends no requests".into()));
        };
        Ok(service.send(&method, &url, headers, body).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloud_contract::Bindings;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// A service at `own`, or one whose provider makes no links.
    fn service(own: Option<&str>) -> Service {
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        let client = client.build().unwrap();
        Service {
            platform: Arc::new(Bindings::new(Vec::new())),
            container: "container".into(),
            found: OnceCell::new_with(own.map(|own| (Url::parse(own).unwrap(), client))),
        }
    }

    async fn send(service: &Service, url: &str) -> Result<wit::Answer, String> {
        service.send("GET", url, Vec::new(), Vec::new()).await
    }

    /// Answers each request with this text, and closes the connection.
    async fn answering(text: String) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 4096]).await;
                // A client may have had enough before the end.
                let _ = stream.write_all(text.as_bytes()).await;
            }
        });
        format!("http://{address}/")
    }

    #[tokio::test]
    async fn requests_go_to_the_service_alone() {
        let own = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".into()).await;
        let foreign = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno".into()).await;
        let own_service = service(Some(&own));
        let answer = send(&own_service, &own).await.unwrap();
        assert_eq!((answer.status, &answer.body[..]), (200, &b"ok"[..]));
        let secure = own.replace("http:", "https:");
        for elsewhere in [
            foreign,
            secure,
            "http://localhost/".into(),
            "data:,x".into(),
        ] {
            let refused = send(&own_service, &elsewhere).await.unwrap_err();
            assert_eq!(
                refused,
                "a link leads to another service than the one before"
            );
        }
        let refused = send(&service(None), &own).await.unwrap_err();
        assert_eq!(refused, "the provider makes no links");
    }

    #[tokio::test]
    async fn a_redirection_is_an_answer() {
        let head = "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n";
        let own = answering(head.into()).await;
        let answer = send(&service(Some(&own)), &own).await.unwrap();
        assert_eq!(answer.status, 302);
    }

    #[tokio::test]
    async fn what_cannot_be_sent_or_read_is_told_without_a_place() {
        let own = "http://127.0.0.1:1/";
        let dead = service(Some(own));
        let reason = send(&dead, own).await.unwrap_err();
        assert_eq!(reason, "nobody to be connected with");
        assert!(send(&dead, "no URL").await.is_err());
        let of = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        for headers in [of("a b", "x"), of("a", "x\ny")] {
            let sent = dead.send("GET", own, headers, Vec::new()).await;
            assert_eq!(sent.unwrap_err(), "the header of a link cannot be sent");
        }
        let sent = dead.send("A B", own, Vec::new(), Vec::new()).await;
        assert_eq!(sent.unwrap_err(), "the method of a link cannot be sent");
        let kept = header_map(of("Host", "elsewhere")).unwrap();
        assert!(kept.is_empty());

        let cut = answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok".into()).await;
        let reason = send(&service(Some(&cut)), &cut).await.unwrap_err();
        assert_eq!(reason, "no whole answer");
        let length = MOST_BYTES + 1;
        let many = "x".repeat(length);
        let many = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{many}");
        let many = answering(many).await;
        let reason = send(&service(Some(&many)), &many).await.unwrap_err();
        assert_eq!(reason, "an answer of more than 8 MiB");
    }
}
