//! A receiver of webhooks on a loopback port: keeps what it was sent, and answers as it is told.

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

pub struct Receiver {
    pub port: u16,
    status: Arc<AtomicU16>,
    messages: Arc<Mutex<Vec<Message>>>,
}

impl Receiver {
    /// Answers 200.
    pub fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let (status, messages) = (Arc::new(AtomicU16::new(200)), Arc::new(Mutex::new(Vec::new())));
        let receiver = Self { port, status: status.clone(), messages: messages.clone() };
        std::thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let (status, messages) = (status.clone(), messages.clone());
                std::thread::spawn(move || serve(stream, port, &status, &messages));
            }
        });
        Ok(receiver)
    }

    /// From now on; a 302 leads to `/elsewhere` of the same receiver.
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

fn serve(stream: TcpStream, port: u16, status: &AtomicU16, messages: &Mutex<Vec<Message>>) -> Option<()> {
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
    messages.lock().ok()?.push(Message { path, headers, body, answered });
    let location = format!("Location: http://127.0.0.1:{port}/elsewhere\r\n");
    let more = if answered == 302 { location.as_str() } else { "" };
    let mut stream = stream;
    write!(stream, "HTTP/1.1 {answered} x\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n").ok()
}
