//! How long the certificates of a link are still good for. Whether they fit each other the broker says when it is knocked at.

use chengshu_core::model::Timestamp;
use x509_parser::pem::Pem;

use super::Finding;

const DAY_MS: i64 = 86_400_000;
const NOTE_DAYS: i64 = 30;

/// The certificates in a PEM text, each with its verdict. `what`: whose they are; `key`: the configuration's key.
pub fn look(part: &str, what: &str, key: &str, pem: &[u8], now: Timestamp) -> Vec<Finding> {
    let cure = format!("{key}: a PEM file with certificates (-----BEGIN CERTIFICATE-----)");
    let mut findings = Vec::new();
    for block in Pem::iter_from_buffer(pem) {
        let parsed = block.map_err(|error| error.to_string());
        let block = match parsed {
            Ok(block) if block.label != "CERTIFICATE" => continue,
            Ok(block) => block,
            Err(error) => {
                findings.push(Finding::bad(part, format!("{what} cannot be read: {error}"), &cure));
                continue;
            }
        };
        match block.parse_x509() {
            Ok(certificate) => {
                let until = certificate.validity().not_after.timestamp().saturating_mul(1000);
                let from = certificate.validity().not_before.timestamp().saturating_mul(1000);
                let name = format!("{what} ({})", certificate.subject());
                findings.push(judge(part, &name, key, (from, until), now));
            }
            Err(error) => findings.push(Finding::bad(part, format!("{what} cannot be read: {error}"), &cure)),
        }
    }
    if findings.is_empty() {
        findings.push(Finding::bad(part, format!("{what}: no certificate in it"), cure));
    }
    findings
}

fn judge(part: &str, name: &str, key: &str, (from, until): (i64, i64), now: Timestamp) -> Finding {
    let end = Timestamp::from_ms(until).to_rfc3339();
    let days = (until - now.ms()).div_euclid(DAY_MS);
    let cure = format!(
        "put a renewed one where {key} points; the hub takes its own over by itself, that of a broker at its next start"
    );
    if now.ms() < from {
        let begin = Timestamp::from_ms(from).to_rfc3339();
        return Finding::bad(part, format!("{name} is good from {begin} on only"), "is the machine's clock right?");
    }
    match days {
        ..0 => Finding::bad(part, format!("{name} ended on {end}"), cure),
        0..NOTE_DAYS => Finding::note(part, format!("{name} ends in {days} days, on {end}"), cure),
        _ => Finding::good(part, format!("{name} is good for {days} days")),
    }
}
