//! A body becomes messages: an object, a list, or lines. What is no JSON at all is told to the sender, who still has it;
//! nothing of it is kept. Depth and number are bounded before anything is built.

use bytes::Bytes;
use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::problem::Problem;

/// `serde_json`'s own bound: what is deeper is no message.
const DEPTH_MAX: usize = 128;
/// Messages in one body at most.
pub(super) const MESSAGES_MAX: usize = 50_000;

/// A message: which one it is, counted from 1 (in NDJSON its line), and its bytes as they came.
#[derive(Debug, PartialEq)]
pub(super) struct Message {
    pub(super) index: u32,
    pub(super) raw: Bytes,
}

/// Why these bytes are no JSON.
pub(super) fn fault(raw: &[u8]) -> Option<String> {
    if depth(raw) > DEPTH_MAX {
        return Some(format!("it is nested deeper than {DEPTH_MAX}; expected flat JSON"));
    }
    serde_json::from_slice::<&RawValue>(raw).err().map(|error| error.to_string())
}

/// How deep brackets are nested outside of texts.
fn depth(raw: &[u8]) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    let (mut text, mut escaped) = (false, false);
    for byte in raw {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if text => escaped = true,
            b'"' => text = !text,
            b'[' | b'{' if !text => {
                open += 1;
                most = most.max(open);
            }
            b']' | b'}' if !text => open = open.saturating_sub(1),
            _ => {}
        }
    }
    most
}

/// The lines of NDJSON; empty ones count but are none.
pub(super) fn lines(body: &Bytes) -> Result<Vec<Message>, Problem> {
    let lines = body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).zip(1..);
    let mut messages = Vec::new();
    for (line, index) in lines.filter(|(line, _)| !line.is_empty()) {
        if messages.len() == MESSAGES_MAX {
            return Err(too_many());
        }
        messages.push(Message { index, raw: body.slice_ref(line) });
    }
    match messages.first().map(|message| fault(&message.raw)) {
        None => Err(Problem::bad_request("body: no line in it; expected one JSON object per line")),
        Some(Some(error)) if messages.iter().all(|message| fault(&message.raw).is_some()) => {
            Err(Problem::bad_request(format!("body: no line of it is JSON; the first says: {error}")))
        }
        Some(_) => Ok(messages),
    }
}

/// The members of a JSON list.
pub(super) fn list(body: &Bytes) -> Result<Vec<Message>, Problem> {
    struct List<'b>(&'b Bytes);
    impl<'de> Visitor<'de> for List<'_> {
        type Value = Option<Vec<Message>>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a list of objects")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut messages = Vec::new();
            while let Some(raw) = list.next_element::<&RawValue>()? {
                if messages.len() == MESSAGES_MAX {
                    while list.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                    return Ok(None);
                }
                let index = messages.len() as u32 + 1;
                messages.push(Message { index, raw: self.0.slice_ref(raw.get().as_bytes()) });
            }
            Ok(Some(messages))
        }
    }
    let messages = serde_json::Deserializer::from_slice(body)
        .deserialize_seq(List(body))
        .map_err(|error| Problem::bad_request(format!("body: {error}; expected an object or a list of them")))?;
    let messages = messages.ok_or_else(too_many)?;
    if messages.is_empty() {
        return Err(Problem::bad_request("body: an empty list; expected at least one object in it"));
    }
    Ok(messages)
}

fn too_many() -> Problem {
    Problem::too_large(format!("body: more than {MESSAGES_MAX} messages; send them in several bodies"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(messages: &[Message]) -> Vec<(u32, &str)> {
        messages.iter().map(|message| (message.index, std::str::from_utf8(&message.raw).unwrap())).collect()
    }

    #[test]
    fn lines_and_members_keep_their_numbers_and_bytes() {
        let body = Bytes::from_static(b"{\"a\": 1}\r\n\n{oops\n {\"b\":1e400} ");
        assert_eq!(texts(&lines(&body).unwrap()), [(1, "{\"a\": 1}"), (3, "{oops"), (4, "{\"b\":1e400}")]);
        let body = Bytes::from_static(b" [ {\"a\" : [1, 2]} , 7 ]");
        assert_eq!(texts(&list(&body).unwrap()), [(1, "{\"a\" : [1, 2]}"), (2, "7")]);
        for none in ["", "\n \n", "oops", "oops\n{", "]"] {
            assert!(lines(&Bytes::from_static(none.as_bytes())).is_err(), "{none:?}");
        }
        for none in ["[]", "[1", "{}"] {
            assert!(list(&Bytes::from_static(none.as_bytes())).is_err(), "{none:?}");
        }
    }

    #[test]
    fn bombs_are_told_before_they_are_built() {
        assert!(fault("[".repeat(100_000).as_bytes()).unwrap().contains("128"));
        assert!(fault(format!("{}1{}", "[".repeat(128), "]".repeat(128)).as_bytes()).is_none());
        assert!(
            fault(format!("{{\"text\":\"{}\\\"[\"}}", "[".repeat(500)).as_bytes()).is_none(),
            "texts have no depth"
        );
        let many = format!("[{}1]", "1,".repeat(MESSAGES_MAX));
        assert!(list(&many.into()).is_err());
        assert!(lines(&"1\n".repeat(MESSAGES_MAX + 1).into()).is_err());
        assert_eq!(lines(&"1\n".repeat(MESSAGES_MAX).into()).unwrap().len(), MESSAGES_MAX);
    }
}
