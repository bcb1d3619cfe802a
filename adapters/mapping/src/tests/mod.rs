//! The mappings against their vectors, against files full of mistakes and against whatever may come.

mod golden;
mod load;
mod properties;

use chengshu_core::model::{LinkId, Timestamp};

use crate::Mappings;

const NOW: Timestamp = Timestamp::from_ms(1_795_336_920_000);
const OWN: &str = include_str!("../../vectors/mappings.toml");

fn link() -> LinkId {
    LinkId::parse("mqtt:test").unwrap()
}

/// One mapping with these lines after name, topic and device.
fn mapping(lines: &str) -> Mappings {
    let text = format!(
        "[[mapping]]\nname = \"t\"\ntopic = \"t/{{device}}\"\ntheme = \"water\"\ndevice = \"{{device}}\"\n{lines}"
    );
    Mappings::load(&text).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}
