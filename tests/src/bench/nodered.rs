//! What a Node-RED flow does with the same messages, the usual tool of the trade: one that an integrator would draw (a
//! statement for each message), and one that gathers batches by hand. Neither acknowledges after the commit, judges,
//! or counts: Node-RED answers the broker before the flow begins.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Value, json};

use super::flood::{Load, publish};
use super::{median, reference};
use crate::world::{Broker, Database, GUARD, Process, World, as_user, free_port, give_away, until};

const RUNS: usize = 3;

/// Where Node-RED and the driver `pg` are installed: the folder that holds their `node_modules`.
const HOME: &str = "NODE_RED_HOME";

/// Keeps what both flows need: a pool, and a number for each device.
const INITIALIZE: &str = "const pg = global.get('pg');
context.set('s', { pool: new pg.Pool(global.get('database')), series: new Map(), rows: [] });";

/// The series and time of a message, as the reference has them.
const PARSE: &str = "const s = context.get('s');
if (!s.series.has(msg.topic)) s.series.set(msg.topic, 3 * s.series.size + 1);
const first = s.series.get(msg.topic), at = new Date(msg.payload.ts);
const values = ['level', 'flow', 'battery'].map((name, n) => [first + n, msg.payload.values[name]]).filter(([, v]) => v !== undefined);
";

const ORDINARY: &str = "for (const [series, value] of values) {
  await s.pool.query('INSERT INTO reading (series, at, lag_ms, value, quality) VALUES ($1, $2, 5, $3, 0) ON CONFLICT DO NOTHING', [series, at, value]);
}
return null;";

const GATHER: &str = "for (const [series, value] of values) s.rows.push([series, at, value]);
return null;";

const FLUSH: &str = "
const s = context.get('s');
const flush = async () => {
  const rows = s.rows.splice(0, BATCH);
  if (rows.length) {
    await s.pool.query('INSERT INTO reading (series, at, lag_ms, value, quality) SELECT series, at, 5, value, 0 FROM unnest($1::int4[], $2::timestamptz[], $3::float8[]) AS t (series, at, value) ON CONFLICT DO NOTHING',
      [rows.map((r) => r[0]), rows.map((r) => r[1]), rows.map((r) => r[2])]);
  }
  setTimeout(flush, s.rows.length >= BATCH ? 0 : LINGER);
};
flush();";

/// Where Node-RED is installed, if it is.
pub(crate) fn installed() -> Option<PathBuf> {
    let home = PathBuf::from(std::env::var_os(HOME)?);
    home.join("node_modules/node-red/red.js").exists().then_some(home)
}

/// Messages a second of both flows, ordinary and hand-batched: medians.
pub(crate) fn run(world: &World, database: &Database, broker: &Broker, load: Load) -> anyhow::Result<Option<[f64; 2]>> {
    let Some(home) = installed() else { return Ok(None) };
    let batched = FLUSH.replace("BATCH", &reference::BATCH.to_string());
    let batched = batched.replace("LINGER", &reference::LINGER.as_millis().to_string());
    let ordinary = function(INITIALIZE, ORDINARY);
    let batched = function(&(INITIALIZE.to_owned() + &batched), GATHER);
    let few = Load { messages: load.messages / 10, ..load };
    let mut rates = [Vec::new(), Vec::new()];
    for _ in 0..RUNS {
        rates[0].push(turn(world, database, broker, &home, &ordinary, few)?);
        rates[1].push(turn(world, database, broker, &home, &batched, load)?);
    }
    Ok(Some(rates.map(median)))
}

fn function(initialize: &str, body: &str) -> Value {
    json!({"id": "f", "type": "function", "z": "t", "name": "", "func": format!("{PARSE}{body}"), "outputs": 0,
           "timeout": 0, "noerr": 0, "initialize": initialize, "finalize": "", "libs": [], "x": 300, "y": 100, "wires": []})
}

fn turn(
    world: &World,
    database: &Database,
    broker: &Broker,
    home: &Path,
    function: &Value,
    load: Load,
) -> anyhow::Result<f64> {
    database.execute("TRUNCATE reading")?;
    let dir = world.path("node-red");
    std::fs::create_dir_all(&dir)?;
    give_away(&dir)?;
    let flow = json!([
        {"id": "t", "type": "tab", "label": "bench"},
        {"id": "b", "type": "mqtt-broker", "broker": "127.0.0.1", "port": broker.port.to_string(), "clientid": "node-red",
         "autoConnect": true, "usetls": false, "protocolVersion": "4", "keepalive": "60", "cleansession": true},
        {"id": "m", "type": "mqtt in", "z": "t", "topic": "city/bench/+/telemetry", "qos": "1", "datatype": "json",
         "broker": "b", "nl": false, "rap": true, "rh": 0, "inputs": 0, "x": 100, "y": 100, "wires": [["f"]]},
        function
    ]);
    std::fs::write(dir.join("flows.json"), flow.to_string())?;
    let settings = json!({
        "uiHost": "127.0.0.1", "uiPort": free_port()?, "httpAdminRoot": false, "flowFile": "flows.json",
        "telemetry": {"enabled": false, "updateNotification": false}, "credentialSecret": "bench",
        "functionGlobalContext": {"database": {"host": world.path(""), "user": "chengshu", "database": "postgres", "max": 10}},
        "logging": {"console": {"level": "info"}},
    });
    let pg = home.join("node_modules/pg");
    let code = format!(
        "const settings = {settings};\nsettings.functionGlobalContext.pg = require({});\nmodule.exports = settings;\n",
        json!(pg)
    );
    std::fs::write(dir.join("settings.js"), code)?;
    let log = world.path("node-red.log");
    let _ = std::fs::remove_file(&log);
    let mut command = as_user("node");
    command.arg(home.join("node_modules/node-red/red.js")).arg("--userDir").arg(&dir);
    let mut process = Process::start(command, &log)?;
    let connected = |text: String| text.contains("Connected to broker").then_some(());
    until("Node-RED is connected", GUARD, || std::fs::read_to_string(&log).ok().and_then(connected))?;
    std::thread::sleep(std::time::Duration::from_millis(500));
    let start = Instant::now();
    publish(broker.port, load)?;
    let wanted = i64::try_from(load.messages * load.readings)?;
    until("Node-RED has stored everything", 3 * GUARD, || {
        (database.count("SELECT count(*) FROM reading").ok()? >= wanted).then_some(())
    })?;
    let rate = load.messages as f64 / start.elapsed().as_secs_f64();
    process.kill();
    Ok(rate)
}
