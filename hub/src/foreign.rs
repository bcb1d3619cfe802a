//! Who reads what: adapters know neither the mappings nor each other, so what one reads for another is handed over here
//! as a closure.

use std::sync::Arc;

use chengshu_core::model::{Limits, LinkId};
use chengshu_core::seam::Decoder;
use chengshu_mapping::{Mapping, Mappings};
use chengshu_mqtt::{Codec, Mapped};

/// What a broker's link reads beside `city/#`; none when no mapping has a topic.
pub fn mapped(mappings: &Mappings) -> Option<Mapped> {
    let mut filters: Vec<String> = mappings.iter().filter_map(Mapping::topic_filter).collect();
    filters.sort();
    filters.dedup();
    let mappings = mappings.clone();
    (!filters.is_empty()).then(|| Mapped {
        filters,
        decode: Arc::new(move |link, topic, raw, retained, received| {
            let mapping = mappings.find_topic(topic)?;
            Some(if retained {
                mapping.decode_retained(topic, raw, received, link)
            } else {
                mapping.decode(topic, raw, received, link)
            })
        }),
    })
}

/// Reads the payload of a topic `city/…`, whoever brought it. Remembers nothing: a retry must be read as the first time.
pub fn city(link: LinkId, limits: Limits) -> Decoder {
    Box::new(move |topic, raw, received| Codec::new(link.clone(), limits).decode(topic, raw, false, received))
}

/// Reads what was posted to a path.
pub fn push(link: LinkId, mappings: Mappings) -> Decoder {
    Box::new(move |path, raw, received| Some(mappings.find_path(path)?.decode(path, raw, received, &link)))
}
