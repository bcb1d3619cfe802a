//! A provider of OpenID Connect that says what a test tells it to: its document, its keys, and whatever tokens are to be
//! forged. It speaks the real protocol over HTTP and signs with keys made in the test; nobody signs in here.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};

use openidconnect::core::{CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use serde_json::{Value, json};

#[derive(Default)]
struct Told {
    keys: Vec<Value>,
    tokens: Value,
    /// Bodies that the token endpoint was sent.
    asked: Vec<String>,
    keys_asked: usize,
}

pub(super) struct Fake {
    pub(super) issuer: String,
    told: Arc<Mutex<Told>>,
}

impl Fake {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let told: Arc<Mutex<Told>> = Arc::default();
        let (known, name) = (told.clone(), issuer.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let (known, name) = (known.clone(), name.clone());
                std::thread::spawn(move || serve(stream, &name, &known));
            }
        });
        Self { issuer, told }
    }

    /// From now on these are its keys.
    pub(super) fn keys(&self, keys: &[Value]) {
        self.told.lock().unwrap().keys = keys.to_vec();
    }

    /// What the next codes are exchanged for.
    pub(super) fn tokens(&self, tokens: Value) {
        self.told.lock().unwrap().tokens = tokens;
    }

    /// What the token endpoint was sent, since it was last asked for.
    pub(super) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.told.lock().unwrap().asked)
    }

    pub(super) fn keys_asked(&self) -> usize {
        self.told.lock().unwrap().keys_asked
    }
}

fn serve(stream: TcpStream, issuer: &str, told: &Mutex<Told>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut line, mut length) = (String::new(), 0);
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut told = told.lock().ok()?;
    let answer = match path.as_str() {
        "/.well-known/openid-configuration" => json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "authorization_response_iss_parameter_supported": true,
        }),
        "/keys" => {
            told.keys_asked += 1;
            json!({ "keys": told.keys })
        }
        "/token" => {
            told.asked.push(String::from_utf8_lossy(&body).into_owned());
            told.tokens.clone()
        }
        // a key of the forger's own, where `jku` says
        "/evil" => json!({ "keys": told.tokens["evil"] }),
        _ => return None,
    };
    drop(told);
    let answer = answer.to_string();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length";
    let mut stream = stream;
    write!(stream, "{head}: {}\r\n\r\n{answer}", answer.len()).ok()
}

/// A pair of keys.
pub(super) struct Pair {
    private: CoreRsaPrivateSigningKey,
    /// As others may know it.
    pub(super) public_pem: String,
    /// The same as a JSON Web Key.
    pub(super) jwk: Value,
}

fn openssl(args: &[&str], input: &str) -> String {
    let mut command = Command::new("openssl");
    let pipes = command.args(args).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = pipes.stderr(std::process::Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

impl Pair {
    /// A new one that is called `kid`.
    pub(super) fn new(kid: &str) -> Self {
        let pem = openssl(&["genrsa", "-traditional", "2048"], "");
        let private = CoreRsaPrivateSigningKey::from_pem(&pem, Some(JsonWebKeyId::new(kid.to_owned()))).unwrap();
        let jwk = serde_json::to_value(private.as_verification_key()).unwrap();
        Self { private, public_pem: openssl(&["rsa", "-pubout"], &pem), jwk }
    }

    pub(super) fn sign(&self, alg: CoreJwsSigningAlgorithm, text: &str) -> Vec<u8> {
        self.private.sign(&alg, text.as_bytes()).unwrap()
    }
}
