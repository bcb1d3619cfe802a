//! What the doctor says against an audit that the hub's own role could get at is the cure: typed as it stands by the
//! server's administrator, it makes the audit another role's, and the hub goes on working.

use chengshu_tests::world::{Broker, Database, Hub, World, chengshu};
use serde_json::{Value, json};

fn finding(world: &World) -> Value {
    let said = chengshu(&["doctor", "--json", "--config", &world.path("chengshu.toml").display().to_string()]).unwrap();
    let findings: Vec<Value> = serde_json::from_str(&said.out).unwrap();
    findings.iter().find(|finding| finding["part"] == "audit").unwrap_or_else(|| panic!("{findings:#?}")).clone()
}

/// Follows the doctor's advice until there is none; answers how often.
fn cure(world: &World, database: &Database) -> usize {
    for step in 0..6 {
        let finding = finding(world);
        if finding["verdict"] == "good" {
            return step;
        }
        let cure = finding["cure"].as_str().unwrap();
        let sql = cure.split_once('`').and_then(|(_, rest)| rest.rsplit_once('`'));
        let (sql, _) = sql.unwrap_or_else(|| panic!("no statement in {cure}"));
        println!("{}\n    {sql}", finding["text"]);
        database.run(sql.to_owned()).unwrap();
    }
    panic!("the advice does not end: {}", finding(world));
}

#[test]
fn the_doctors_statements_take_the_audit_from_the_hubs_role_and_the_hub_works_on() {
    for (role, attributes, steps) in [
        ("plain", "LOGIN", 1), // an ordinary owner
        ("maker", "LOGIN CREATEROLE", 2),
        ("owns\"schema", "LOGIN", 2), // of the schema, too
        ("super", "LOGIN SUPERUSER", 1),
    ] {
        let world = World::new().unwrap();
        let database = Database::start(&world).unwrap();
        let broker = Broker::start(&world).unwrap();
        let quoted = format!("\"{}\"", role.replace('"', "\"\""));
        let schema =
            if role.contains("schema") { format!("ALTER SCHEMA public OWNER TO {quoted}") } else { String::new() };
        database
            .run(format!(
                "CREATE EXTENSION IF NOT EXISTS timescaledb; CREATE ROLE {quoted} {attributes};
                 GRANT ALL ON SCHEMA public TO {quoted}; {schema}"
            ))
            .unwrap();
        let url = database.url_as(&role.replace('"', "%22"));
        let sections = format!("[database]\nurl = \"{url}\"\n{}", broker.section(""));
        let mut hub = Hub::with_config(&world, &sections).unwrap();
        let act = |hub: &Hub| hub.post("/api/v1/webhooks", json!({ "name": "x", "url": "https://receiver.example/" }));
        act(&hub).unwrap();
        assert_eq!(cure(&world, &database), steps, "{role}");
        act(&hub).unwrap();
        hub.stop().unwrap();
        hub.up().unwrap();
        act(&hub).unwrap();
        let said =
            chengshu(&["audit", "verify", "--config", &world.path("chengshu.toml").display().to_string()]).unwrap();
        assert!(said.code == Some(0) && said.out.contains("属于另一角色"), "{role}: {said:?}");
    }
}
