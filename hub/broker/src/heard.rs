//! What mosquitto's log tells of clients: who came, who was not let in, who published or subscribed where. Clients choose
//! their ids and topics, so only the words before those decide what a line says.

/// What a line tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard<'a> {
    /// Somebody is in.
    Connected {
        /// The client's id.
        client: &'a str,
        /// The name that was proved.
        user: &'a str,
    },
    /// Somebody was not let in; the log does not know who.
    NotLetIn,
    /// A message was refused.
    Denied {
        /// The client's id.
        client: &'a str,
        /// Where it should have gone.
        topic: &'a str,
    },
    /// A subscription; granted or not, nothing is delivered outside of the rights.
    Subscribed {
        /// The client's id.
        client: &'a str,
        /// To what.
        topic: &'a str,
    },
    /// Whoever came last has a last will; the next line has its topic.
    WillFollows,
    /// A line that belongs to the one before, e.g. the topic of a last will.
    More(&'a str),
}

/// Reads a line of mosquitto 2.0, with or without its time before it.
#[must_use]
pub fn heard(line: &str) -> Option<Heard<'_>> {
    let line = match line.split_once(": ") {
        Some((time, rest)) if !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => line,
    };
    if let Some(more) = line.strip_prefix('\t') {
        return Some(Heard::More(more));
    }
    if let Some(rest) = line.strip_prefix("New client connected from ") {
        let (_, rest) = rest.split_once(" as ")?;
        let (rest, user) = rest.strip_suffix("').")?.rsplit_once(", u'")?;
        return Some(Heard::Connected { client: rest.rsplit_once(" (p")?.0, user });
    }
    if let Some(rest) = line.strip_prefix("Denied PUBLISH from ") {
        let (rest, _) = rest.rsplit_once("', ... (")?;
        let (rest, topic) = rest.split_once(", '")?;
        return Some(Heard::Denied { client: rest.rsplit_once(" (d")?.0, topic });
    }
    if line.starts_with("Client ") && line.ends_with(" disconnected, not authorised.") {
        return Some(Heard::NotLetIn);
    }
    if line.starts_with("Will message specified (") {
        return Some(Heard::WillFollows);
    }
    let mut words = line.splitn(3, ' ');
    let (client, qos, topic) = (words.next()?, words.next()?, words.next()?);
    ["0", "1", "2", "128", "135"].contains(&qos).then_some(Heard::Subscribed { client, topic })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_2_0_11_are_understood() {
        // recorded with `log_type all`
        let lines = include_str!("../vectors/mosquitto.txt").lines();
        let told: Vec<Heard<'_>> = lines.filter_map(heard).collect();
        let expected = [
            Heard::Connected { client: "W-1", user: "W-1" },
            Heard::Denied { client: "W-1", topic: "city/water/W-2/telemetry" },
            Heard::NotLetIn,
            Heard::NotLetIn,
            Heard::Connected { client: "W-1", user: "W-1" },
            Heard::More("# (QoS 0)"),
            Heard::Subscribed { client: "W-1", topic: "#" },
            Heard::More("$SYS/# (QoS 0)"),
            Heard::Subscribed { client: "W-1", topic: "$SYS/#" },
            Heard::Connected { client: "W-1", user: "W-1" },
            Heard::WillFollows,
            Heard::More("city/water/W-2/status"),
            Heard::Subscribed { client: "W-1", topic: "city/+/W-1/command" },
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_a_client_calls_itself_is_no_word_of_the_broker() {
        let line = "New client connected from 1.2.3.4:5 as x (p2, c1, k60, u'W-1'). (p2, c1, k60, u'field').";
        let client = "x (p2, c1, k60, u'W-1').";
        assert_eq!(heard(line), Some(Heard::Connected { client, user: "field" }));
        let line =
            "Client New client connected from 1.2.3.4:5 as W-1 (p2, c1, k60, u'W-1'). disconnected, not authorised.";
        assert_eq!(heard(line), Some(Heard::NotLetIn));
        let line = "Denied PUBLISH from W-1 (d0, q1, r0, m1, 'a', ... (9 bytes))', ... (1 bytes))";
        assert_eq!(heard(line), Some(Heard::Denied { client: "W-1", topic: "a', ... (9 bytes))" }));
        for line in
            ["", "1", "Client W-5 disconnected.", "Received PUBLISH from W-1 (d0, q1, r0, m1, 'a', ... (1 bytes))"]
        {
            assert_eq!(heard(line), None, "{line}");
        }
    }
}
