//! A message goes through its mapping: source, bytes and time of arrival become a delivery. Pure; whatever cannot be
//! mapped becomes a rejection with its reason, never an error, a panic or nothing.

use std::sync::Arc;

use bytes::Bytes;
use chengshu_core::model::{Delivery, LinkId, Reason, Rejected, ThemeId, Timestamp};

use crate::mapping::Mapping;
use crate::pointer::Scope;
use crate::record;
use crate::tree::{Tree, cut, read};

/// More than this comes of no honest message; it is set aside whole, so that a small one cannot fill the memory.
const ITEMS_MAX: usize = 50_000;

/// What became of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// What is handed over.
    pub delivery: Delivery,
    /// Records that `skip_when` passed over, as it was declared.
    pub skipped: usize,
}

impl Decoded {
    /// Whether anything was read of the message, or it was passed over on purpose.
    #[must_use]
    pub fn is_understood(&self) -> bool {
        let read = !self.delivery.readings.is_empty() || self.delivery.presence.is_some();
        read || (self.skipped > 0 && self.delivery.rejected.is_empty())
    }
}

impl Mapping {
    /// Decodes one message that came by `source`, its topic or path.
    #[must_use]
    pub fn decode(&self, source: &str, raw: Bytes, received: Timestamp, link: &LinkId) -> Delivery {
        self.decode_counted(source, raw, received, link).delivery
    }

    /// The same for a message that the broker kept: nobody knows when its values were measured, unless it says so.
    #[must_use]
    pub fn decode_retained(&self, source: &str, raw: Bytes, received: Timestamp, link: &LinkId) -> Delivery {
        self.decode_as(true, source, raw, received, link).delivery
    }

    /// The same, counting the records that were passed over.
    #[must_use]
    pub fn decode_counted(&self, source: &str, raw: Bytes, received: Timestamp, link: &LinkId) -> Decoded {
        self.decode_as(false, source, raw, received, link)
    }

    fn decode_as(&self, retained: bool, source: &str, raw: Bytes, received: Timestamp, link: &LinkId) -> Decoded {
        let delivery = Delivery {
            link: link.clone(),
            theme: None,
            received,
            source: Arc::from(source),
            raw: raw.clone(),
            readings: Vec::new(),
            events: Vec::new(),
            presence: None,
            births: Vec::new(),
            rejected: Vec::new(),
        };
        let mut decoded = Decoded { delivery, skipped: 0 };
        if let Err(fault) = self.whole(source, &raw, retained, &mut decoded) {
            refuse(&mut decoded.delivery, fault);
        }
        decoded
    }

    /// Everything; an error is one of the whole message.
    fn whole(&self, source: &str, raw: &[u8], retained: bool, decoded: &mut Decoded) -> Result<(), (Reason, String)> {
        let Some(names) = self.catch(source) else {
            decoded.delivery.source = source.chars().take(200).collect::<String>().into();
            let expected = [&self.topic, &self.path].into_iter().flatten().map(|pattern| pattern.as_str());
            let expected = expected.collect::<Vec<_>>().join(" or ");
            return Err((Reason::TopicMalformed, format!("source is {:?}; expected {expected}", cut(source))));
        };
        self.limits.size(raw.len())?;
        let top =
            read(raw).map_err(|error| (Reason::Undecodable, format!("payload is no JSON: {error}; expected JSON")))?;
        let scope = Scope { names: &names, record: &top, top: &top };
        let theme = self.theme.fill(&scope, "")?;
        decoded.delivery.theme = Some(ThemeId::parse(&theme).map_err(|error| (Reason::BadName, error.to_string()))?);
        let records = self.records(&top)?;
        if records.is_empty() {
            return Err((Reason::NoValues, "the list of records is empty".to_owned()));
        }
        for record in records {
            let scope = Scope { names: &names, record, top: &top };
            if self.skip.iter().any(|condition| condition.holds(&scope)) {
                decoded.skipped += 1;
                continue;
            }
            record::read(self, &scope, retained, &mut decoded.delivery);
            let items = decoded.delivery.readings.len() + decoded.delivery.rejected.len();
            if items > ITEMS_MAX {
                let detail = format!("the message makes more than {ITEMS_MAX} values; expected fewer");
                return Err((Reason::PayloadTooLarge, detail));
            }
        }
        Ok(())
    }

    fn records<'t>(&self, top: &'t Tree) -> Result<Vec<&'t Tree>, (Reason, String)> {
        let Some(each) = &self.each else { return Ok(vec![top]) };
        let scope = Scope { names: &[], record: top, top };
        match each.find(&scope).map_err(|nothing| (Reason::Undecodable, nothing.detail))? {
            Tree::List(list) => Ok(list.iter().collect()),
            object @ Tree::Object(_) => Ok(vec![object]), // platforms send one record without its list
            other => {
                let detail = format!("{} is {}; expected a list of records", each.as_str(), other.show());
                Err((Reason::Undecodable, detail))
            }
        }
    }
}

/// Sets the message aside as a whole: nothing of it is taken.
fn refuse(delivery: &mut Delivery, (reason, detail): (Reason, String)) {
    delivery.readings.clear();
    delivery.presence = None;
    delivery.rejected = vec![Rejected { device: None, metric: None, reason, detail }];
}
