//! The robots of 企业微信 and 钉钉: what they are sent, what they answer, and that their keys are seen nowhere.

use chengshu_tests::world::{GUARD, Receiver, Robot, until, whole};
use serde_json::{Value, json};

use super::{ALLOW, by_openssl, deliveries, depth, make, receiver, told};

#[test]
fn robots_are_told_and_their_keys_are_not() {
    let (_world, _database, broker, hub) = whole(ALLOW);
    let (wecom, dingtalk) = (Robot::wecom().unwrap(), Robot::dingtalk(by_openssl).unwrap());
    let events = ["alarm.raised", "alarm.cleared"];
    let body = json!({"name": "防汛群", "channel": "wecom", "url": wecom.url(), "events": events});
    let first = make(&hub, body);
    let second = make(
        &hub,
        json!({"name": "Flood", "channel": "dingtalk", "url": dingtalk.url(), "sign": Robot::SECRET, "lang": "en", "events": events}),
    );
    depth(&broker, "H-1", "东门 <@all> [点我](http://evil.example)", 3_000, 30.0);
    told(&hub, first, 2);
    depth(&broker, "H-1", "东门 <@all> [点我](http://evil.example)", 0, 2.0);
    told(&hub, first, 4);
    told(&hub, second, 4);

    let contents: Vec<String> =
        wecom.taken().iter().map(|message| message["markdown"]["content"].as_str().unwrap().to_owned()).collect();
    let urgent = contents.iter().find(|content| content.contains("紧急")).unwrap();
    assert!(urgent.starts_with("**<font color=\"warning\">【紧急】东门 ＜＠all＞ [点我］"), "{urgent}");
    assert!(urgent.contains("> 限值：27.0 cm") && urgent.ends_with("城枢 · 江城区"), "{urgent}");
    assert!(contents.iter().any(|content| content.contains("color=\"info\">【解除】")), "{contents:?}");
    assert!(contents.iter().all(|content| !content.contains("<@") && !content.contains("](")), "{contents:?}");
    let titles: Vec<Value> = dingtalk.taken().iter().map(|message| message["markdown"]["title"].clone()).collect();
    assert!(titles.iter().any(|title| title.as_str().unwrap().starts_with("[Urgent] 东门")), "{titles:?}");

    // the key is shown to nobody, and stays when a change says nothing of it
    let url = wecom.url();
    let bare = url.split('?').next().unwrap();
    let list = hub.get("/api/v1/receivers").unwrap();
    assert_eq!(list["receivers"][0]["url"], bare);
    let put =
        |id: i64, body: Value| hub.call("PUT", &format!("/api/v1/receivers/{id}"), Some(&hub.key), Some(body)).unwrap();
    let (status, changed) = put(first, json!({"name": "防汛二群", "url": bare}));
    assert!(status == 200 && changed.contains("防汛二群") && changed.contains("\"secret\":null"), "{changed}");
    hub.post(&format!("/api/v1/receivers/{first}/test"), json!({})).unwrap();
    told(&hub, first, 5);
    for text in [list.to_string(), changed, hub.log(), hub.get("/api/v1/webhooks").unwrap().to_string()] {
        assert!(!text.contains(Robot::KEY) && !text.contains(Robot::SECRET), "{text}");
    }

    // what is refused tells no key either
    for (body, field) in [
        (json!({"name": "x", "channel": "wecom", "url": bare}), "url"),
        (json!({"name": "x", "channel": "wecom", "url": format!("{bare}?key=/secret/secret")}), "url"),
        (json!({"name": "x", "channel": "wecom", "url": format!("http://10.0.0.1/?key={}", Robot::KEY)}), "url"),
        (json!({"name": "x", "channel": "wecom", "url": url, "sign": Robot::SECRET}), "sign"),
        (
            json!({"name": "x", "channel": "dingtalk", "url": dingtalk.url(), "sign": "SEC 5f0b3a9e-robot-canary"}),
            "sign",
        ),
        (json!({"name": "x", "channel": "email", "to": "duty@gov.example"}), "channel"),
        (json!({"name": "x", "channel": "mqtt", "broker": "second"}), "broker"),
        (json!({"name": "x", "channel": "mqtt", "events": ["event"]}), "events"),
        (json!({"name": "x", "channel": "webhook", "to": "duty@gov.example", "url": "https://r.example/"}), "to"),
        (json!({"name": "x", "channel": "webhook"}), "url"),
    ] {
        let (status, told) = hub.call("POST", "/api/v1/receivers", Some(&hub.key), Some(body.clone())).unwrap();
        assert!(status == 400 && told.contains(&format!("\"field\":\"{field}\"")), "{body}: {status} {told}");
        assert!(!told.contains(Robot::KEY) && !told.contains("canary") && !told.contains("/secret/"), "{told}");
    }
    let (status, told) = put(first, json!({"name": "x", "channel": "webhook", "url": "https://r.example/"}));
    assert!(status == 400 && told.contains("keeps its channel"), "{status} {told}");
}

#[test]
fn a_robot_that_says_no_is_left_alone_for_a_while_and_told_later() {
    let (_world, _database, broker, hub) = whole(ALLOW);
    let robot = Robot::wecom().unwrap();
    let id = make(&hub, json!({"name": "防汛群", "channel": "wecom", "url": robot.url(), "events": ["alarm.raised"]}));
    robot.says(45_009); // api freq out of limit
    depth(&broker, "H-1", "东门", 0, 30.0);
    let held = until("it is held", GUARD, || {
        let view = receiver(&hub, id);
        view["error"].as_str().is_some_and(|words| words.contains("too many messages")).then_some(view)
    });
    let held = held.unwrap();
    assert!(held["held_until"].is_i64() && held["status"] == 200, "an answer of 200 is no success: {held}");
    until("it is tried again", GUARD, || (robot.asked() >= 3).then_some(())).unwrap();
    let waiting = deliveries(&hub, id, "waiting");
    assert_eq!(waiting.len(), 2, "nothing is lost, and only the first of them is tried: {waiting:?}");
    assert_eq!(robot.taken().len(), 0);
    robot.says(0);
    told(&hub, id, 2);
    assert_eq!(robot.taken().len(), 2);
    let view = receiver(&hub, id);
    assert!(view["error"].is_null() && view["held_until"].is_null(), "{view}");

    // an address that answers 200 and is no robot's has been told nothing
    let page = Receiver::start().unwrap();
    let url = format!("http://127.0.0.1:{}/send?access_token={}", page.port, Robot::KEY);
    let id = make(&hub, json!({"name": "x", "channel": "dingtalk", "url": url}));
    hub.post(&format!("/api/v1/receivers/{id}/test"), json!({})).unwrap();
    let view = until("it fails", GUARD, || Some(receiver(&hub, id)).filter(|view| view["error"].is_string())).unwrap();
    assert!(view["error"].as_str().unwrap().contains("no robot's address"), "{view}");
}
