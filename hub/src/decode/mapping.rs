//! `chengshu decode mapping`: foreign JSON by a declared mapping. It asks no running hub and stores nothing.

use std::path::PathBuf;

use anyhow::Context as _;
use bytes::Bytes;
use chengshu_core::model::LinkId;
use chengshu_mapping::{Decoded, Mapping, Mappings, builtin, render};
use clap::Args;

use super::{Answer, received};

/// By which mapping, and what the payload does not say itself.
#[derive(Args, Debug)]
pub struct ByMapping {
    /// The mapping's name.
    name: String,
    /// A file of mappings; its names go before the built-in ones.
    #[arg(long)]
    file: Option<PathBuf>,
    /// The topic or path that it came by; without it an example that fits, where device may stand for itself.
    #[arg(long)]
    source: Option<String>,
    /// When it came, e.g. 2026-11-22T16:42:00+08:00; without it: now. Times too far from it are set aside.
    #[arg(long)]
    received: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Decodes a payload.
pub fn decode(order: &ByMapping, payload: Bytes) -> anyhow::Result<Answer> {
    let text = order
        .file
        .as_ref()
        .map(|file| std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display())));
    let own = text.transpose()?.map_or_else(|| Ok(Mappings::default()), |text| Mappings::load(&text))?;
    by_mapping(order, &own, payload)
}

fn by_mapping(order: &ByMapping, own: &Mappings, payload: Bytes) -> anyhow::Result<Answer> {
    let builtin = builtin::all()?;
    let mapping = own.find(&order.name).or_else(|| builtin.find(&order.name)).with_context(|| {
        let known: Vec<&str> = own.iter().chain(builtin.iter()).map(Mapping::name).collect();
        format!("no mapping is called {:?}; expected one of {}", order.name, known.join(", "))
    })?;
    let received = received(order.received.as_deref())?;
    let source = order.source.clone().unwrap_or_else(|| mapping.example_source());
    let decoded: Decoded = mapping.decode_counted(&source, payload, received, &LinkId::parse("decode")?);
    let text = if order.json { format!("{:#}", render::json(&decoded)) } else { render::text(&decoded) };
    Ok(Answer { text, understood: decoded.is_understood() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(name: &str, source: Option<&str>, json: bool) -> ByMapping {
        let received = Some("2024-11-01T00:30:02Z".to_owned());
        ByMapping { name: name.to_owned(), file: None, source: source.map(str::to_owned), received, json }
    }

    #[test]
    fn a_payload_is_decoded_by_a_builtin_or_by_ones_own() {
        let own = "[[mapping]]\nname = \"t\"\ntopic = \"t/{device}\"\ntheme = \"water\"\ndevice = \"{device}\"\nvalues = [{ metric = \"level\", pointer = \"/l\" }]";
        let own = Mappings::load(own).unwrap();
        let up = Bytes::from_static(include_bytes!("../../../adapters/mapping/vectors/chirpstack4-up.json"));
        let answer = by_mapping(&order("chirpstack4", None, false), &own, up).unwrap();
        assert!(answer.understood && answer.text.contains("0101010101010101  level_m = 3.21"), "{}", answer.text);

        let answer = by_mapping(&order("t", Some("t/W-1"), true), &own, Bytes::from_static(b"{\"l\":1}")).unwrap();
        let json: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(json["readings"][0]["device"], "W-1");

        for (source, payload) in [("t/W-1", "{}"), ("t/W-1", "nothing"), ("x", "{\"l\":1}")] {
            let answer = by_mapping(&order("t", Some(source), false), &own, Bytes::from(payload)).unwrap();
            assert!(!answer.understood && answer.text.contains("1 set aside"), "{}", answer.text);
        }
        let error = by_mapping(&order("u", None, false), &own, Bytes::new()).err().unwrap().to_string();
        assert!(error.contains("expected one of t, chirpstack4"), "{error}");
    }
}
