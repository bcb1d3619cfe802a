//! Questions of external brokers in the form of their makers' documents, and what is answered; nobody of them runs here. Where
//! each form stands is said beside it, in `vectors/questions.json`.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::tests::{PASSWORD, World};

async fn ask(world: &World, vector: &Value, key: &str) -> (u16, Value) {
    let body = vector["body"].as_str().map_or_else(|| vector["body"].to_string(), str::to_owned);
    let request = Request::post(vector["path"].as_str().unwrap())
        .header("content-type", vector["media"].as_str().unwrap())
        .header("authorization", format!("Bearer {key}"))
        .body(Body::from(body.replace("PASSWORD", PASSWORD)))
        .unwrap();
    let answer = world.router().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let bytes = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn recorded_questions_are_answered_as_their_brokers_understand() {
    let world = World::new();
    let vectors: Vec<Value> = serde_json::from_str(include_str!("vectors/questions.json")).unwrap();
    assert!(vectors.len() >= 14);
    for vector in vectors {
        let expected = (vector["status"].as_u64().unwrap() as u16, vector["answer"].clone());
        assert_eq!(ask(&world, &vector, "service judge_devices").await, expected, "{vector}");
        let (status, _) = ask(&world, &vector, "service ingest").await;
        assert_eq!(status, 403, "another key opens nothing here");
    }
}

#[tokio::test]
async fn what_is_no_question_is_told_and_never_allowed() {
    let world = World::new();
    for (path, media, body) in [
        ("emqx/auth", "application/json", r#"{"username":"OWN-1"}"#),
        ("emqx/auth", "text/plain", "{}"),
        ("emqx/acl", "application/json", r#"{"username":"OWN-1","topic":"x","action":"all"}"#),
        ("goauth/acl", "application/json", r#"{"username":"OWN-1","clientid":"OWN-1","topic":"x","acc":9}"#),
        ("goauth/acl", "application/x-www-form-urlencoded", "username=OWN-1&topic=x&acc=x"),
        ("goauth/user", "application/x-www-form-urlencoded", "%ff%fe"),
    ] {
        let vector = serde_json::json!({ "path": format!("/api/v1/broker/{path}"), "media": media, "body": body });
        let (status, told) = ask(&world, &vector, "service judge_devices").await;
        assert!([400, 415].contains(&status) && told["detail"].is_string(), "{path} {body}: {status} {told}");
    }
}
