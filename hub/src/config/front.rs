//! What protects the hub's HTTP door, keys of section `[hub]`: TLS, proxies that are trusted, and the refusal to speak plain
//! HTTP to other machines unless somebody says that it is meant. Opens no door.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chengshu_api::Tls;
use chengshu_core::model::Net;

use super::reader::Section;

/// How the door is protected.
#[derive(Debug, Clone, Default)]
pub struct FrontConfig {
    /// TLS; none: plain HTTP.
    pub tls: Option<TlsConfig>,
    /// Proxies that are believed when they say whom a request comes from.
    pub trusted_proxies: Vec<Net>,
}

/// TLS, as its files were when they were read.
#[derive(Debug, Clone)]
pub struct TlsConfig {
    /// The certificate's file.
    pub cert_file: PathBuf,
    /// The key's file.
    pub key_file: PathBuf,
    /// What stood in the certificate's file.
    pub certificate: Vec<u8>,
    /// What they make.
    pub tls: Tls,
}

const CERT: &str = "tls_cert_file";
const KEY: &str = "tls_key_file";
const CERT_MEND: &str = "tls_cert_file = \"/etc/chengshu/hub.pem\"";
const KEY_MEND: &str = "tls_key_file = \"/etc/chengshu/hub.key\"";

pub(super) fn read(section: &mut Section<'_>, http: SocketAddr) -> FrontConfig {
    let files = (section.path(CERT), section.path(KEY));
    let has_files = files.0.is_some() || files.1.is_some();
    let tls = match files {
        (Some(cert_file), Some(key_file)) => tls(section, cert_file, key_file),
        (None, None) => None,
        (Some(_), None) => {
            section.mistake(KEY, "nothing", "the key that belongs to tls_cert_file", KEY_MEND);
            None
        }
        (None, Some(_)) => {
            section.mistake(CERT, "nothing", "the certificate that belongs to tls_key_file", CERT_MEND);
            None
        }
    };
    let trusted_proxies = section.nets("trusted_proxies", "trusted_proxies = [\"127.0.0.1\"]");
    if !section.flag("plain_http", false) && !has_files && !http.ip().is_loopback() {
        section.mistake(
            "http",
            &http.to_string(),
            "TLS, because other machines reach this address: passwords and keys would be read on the way",
            &format!("{CERT_MEND} and {KEY_MEND}; or http = \"127.0.0.1:8080\"; or, if TLS ends before the hub, plain_http = true"),
        );
    }
    FrontConfig { tls, trusted_proxies }
}

fn tls(section: &mut Section<'_>, cert_file: PathBuf, key_file: PathBuf) -> Option<TlsConfig> {
    let certificate = bytes(section, CERT, &cert_file);
    let key = bytes(section, KEY, &key_file);
    let (certificate, key) = certificate.zip(key)?;
    match Tls::new(&certificate, &key) {
        Ok(tls) => Some(TlsConfig { cert_file, key_file, certificate, tls }),
        Err(error) => {
            let read = format!("{}, {}: {error}", cert_file.display(), key_file.display());
            section.mistake(CERT, &read, "a certificate in PEM, and its key", CERT_MEND);
            None
        }
    }
}

fn bytes(section: &mut Section<'_>, key: &str, path: &Path) -> Option<Vec<u8>> {
    std::fs::read(path)
        .inspect_err(|error| {
            let read = format!("{}: {error}", path.display());
            section.mistake(key, &read, "a file that the hub's user can read", "");
        })
        .ok()
}
