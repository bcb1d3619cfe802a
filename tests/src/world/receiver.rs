//! A receiver of messages on a loopback port: keeps what it was sent, and answers as it is told, or as it judges what came.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;

/// A message as it came.
#[derive(Debug, Clone)]
pub struct Message {
    pub path: String,
    /// By lower-case name.
    pub headers: HashMap<String, String>,
    pub body: String,
    /// The status that it was answered with.
    pub answered: u16,
}

impl Message {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a webhook sends JSON")
    }
}

/// Looks at what came, if its status is 2xx, and makes the body of the answer.
type Judge = Arc<dyn Fn(&Message) -> String + Send + Sync>;

/// For [`Receiver::answer`]: it takes what comes and says nothing.
pub const HANGS: u16 = 0;

pub struct Receiver {
    pub port: u16,
    status: Arc<AtomicU16>,
    messages: Arc<Mutex<Vec<Message>>>,
}

impl Receiver {
    /// Answers 200.
    pub fn start() -> anyhow::Result<Self> {
        Self::judging(|_| String::new())
    }

    /// Answers 200 with what `judge` makes of each message.
    pub fn judging(judge: impl Fn(&Message) -> String + Send + Sync + 'static) -> anyhow::Result<Self> {
        let judge: Judge = Arc::new(judge);
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let (status, messages) = (Arc::new(AtomicU16::new(200)), Arc::new(Mutex::new(Vec::new())));
        let receiver = Self { port, status: status.clone(), messages: messages.clone() };
        std::thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let (status, messages, judge) = (status.clone(), messages.clone(), judge.clone());
                std::thread::spawn(move || serve(stream, port, &status, &messages, &judge));
            }
        });
        Ok(receiver)
    }

    /// From now on; a 302 leads to `/elsewhere` of the same receiver; [`HANGS`] says nothing until it is told otherwise, and
    /// then something that is no HTTP.
    pub fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    pub fn messages(&self) -> Vec<Message> {
        self.messages.lock().expect("nobody panics with it").clone()
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook?a=1", self.port)
    }
}

fn serve(
    stream: TcpStream,
    port: u16,
    status: &AtomicU16,
    messages: &Mutex<Vec<Message>>,
    judge: &Judge,
) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    let answered = status.load(Ordering::SeqCst);
    let body = String::from_utf8(body).ok()?;
    let message = Message { path, headers, body, answered };
    let said = if (200..300).contains(&answered) { judge(&message) } else { String::new() };
    messages.lock().ok()?.push(message);
    while answered == HANGS && status.load(Ordering::SeqCst) == HANGS {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let location = format!("Location: http://127.0.0.1:{port}/elsewhere\r\n");
    let more = if answered == 302 { location.as_str() } else { "" };
    let mut stream = stream;
    let length = said.len();
    write!(stream, "HTTP/1.1 {answered} x\r\n{more}Content-Length: {length}\r\nConnection: close\r\n\r\n{said}").ok()
}
