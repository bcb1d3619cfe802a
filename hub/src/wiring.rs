//! One page: every part of the hub, started and stopped in order. Database and broker first, then the engine, the
//! adapters, and last the door to the outside; stopped the other way round.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chengshu_api::{About, App, ClockSync, CommandSet, Door, DoorParts, Outlets, serve};
use chengshu_audit::Keeper;
use chengshu_core::model::{DeviceId, Limits, LinkId, Timestamp};
use chengshu_core::seam::{
    AdapterContext, AdapterFactory, Evidence, Intake, Link, LinkState, OrderDesk, OrderSink, Orders, SharedClock,
    intake, notices, order_desk,
};
use chengshu_engine::{BoardState, Engine, EngineMetrics, KEYS_BYTES, Keys, NONCES_BYTES, Nonces, Replayer, Services};
use chengshu_evidence::Shelf;
use chengshu_hooks::{HookMetrics, Hooks};
use chengshu_identity::{DeviceKeys, Identities};
use chengshu_mqtt::{MqttConfig, MqttVersion};
use chengshu_orders::{Dispatch, OrderMetrics};
use chengshu_spool::{Spool, SpoolOptions};
use chengshu_sso::Sso;
use chengshu_store::{Store, StoreError, StoreOptions};
use prometheus::{IntGauge, Registry};
use rustc_hash::FxHashMap;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backup::nightly::{Nightly, wal_archive};
use crate::config::{BrokerConfig, Config, FieldLine};
use crate::evidence::Pictures;
use crate::managed::child::Pulse;
use crate::managed::doorkeeper::Doorkeeper;
use crate::managed::ear::{Belongs, Listener};
use crate::managed::mosquitto::Broker;
use crate::managed::postgres::Cluster;
use crate::managed::{child, secret};
use crate::ready::Ready;
use crate::{backup, configured, field, foreign, keys, supervise, timesync, tls};

/// How long the parts may take to stop, all in all under ten seconds.
const STOP_GRACE: Duration = Duration::from_secs(7);

/// What `run` and `demo` do differently.
#[derive(Debug, Clone, Default)]
pub struct Mode {
    /// The data is simulated.
    pub demo: bool,
}

/// A hub that runs.
pub struct Running {
    /// Addresses and credentials, for the demo's ready file.
    pub ready: Ready,
    /// Ends when a part ends that the hub cannot do without.
    pub failed: CancellationToken,
    /// Who people, services and walls are.
    pub identities: Identities,
    /// The file of the keys that encrypt secrets at rest.
    pub ring: keys::Ring,
    /// Where devices can speak in protocols of their own, for the demo.
    pub field: Vec<chengshu_sim::FieldLine>,
    clock: SharedClock,
    parts: Vec<(CancellationToken, TaskTracker)>,
}

/// Starts everything.
pub async fn start(config: &Config, data: &Path, mode: &Mode, clock: SharedClock) -> anyhow::Result<Running> {
    backup::ensure_whole(data)?;
    let failed = CancellationToken::new();
    let mut parts = Parts::default();
    let keys = keys::keep(data, mode.demo)?;

    // 1. the managed parts, or the external ones
    let (database_url, worker_url, brokers, gate) = managed(config, data, &clock, &mut parts).await?;

    // 2. the database, the themes, the board
    let (url, owner) = match worker_url {
        Some(worker) => (worker, Some(database_url.clone())),
        None => (database_url.clone(), None),
    };
    let options = StoreOptions { url, owner, readers: config.readers, reader_timeout: config.reader_timeout };
    let store = Store::new(&options).context("reading database.url")?;
    let themes = chengshu_topics::load(config.topics_dir.as_deref());
    for theme in themes.iter().filter_map(|theme| theme.error.as_ref().map(|error| (&theme.id, error))) {
        tracing::error!(theme = %theme.0, error = %theme.1, "a theme is switched off");
    }
    let registry = Registry::new();
    let links: Vec<_> = brokers.iter().map(|(name, _)| link("mqtt", name, &clock)).collect::<anyhow::Result<_>>()?;
    let http_link = link("http", "ingest", &clock)?;
    let lines = lines(config, &clock)?;
    let (desk, reports) = order_desk();
    let mut outward = Outward::default();
    let (spool, damage) =
        Spool::open(SpoolOptions::new(data.join("spool"), config.spool_bytes)).context("opening the spool")?;
    if !damage.is_none() {
        tracing::error!(?damage, "the spool was damaged; what could be read is kept");
    }
    let evidence = Arc::new(Shelf::open(data.join("evidence"), config.evidence_bytes).context("opening the evidence")?);
    let mut engine = Engine::new(Services {
        store: store.clone(),
        holder: format!("{} pid {}", data.display(), std::process::id()),
        themes: themes.into(),
        links: links.iter().chain(lines.iter().map(|(link, _)| link)).chain([&http_link]).cloned().collect(),
        spool,
        clock: clock.clone(),
        options: config.engine,
        metrics: EngineMetrics::new(&registry)?,
    });
    match engine.load().await {
        Ok(()) => {}
        Err(error @ StoreError::Unavailable(_)) => {
            let words = error.database_words();
            tracing::warn!(error = %words, "the database is away; what arrives is kept in the spool until it is there");
        }
        Err(error) => return Err(anyhow::Error::new(error).context("opening the database")),
    }

    // 3. the engine; it ends when the last adapter has let go of the intake
    let (handover, queue) = intake(config.intake_bytes);
    let door = door(config, data, &http_link, &handover, &clock)?;
    let ways = links.iter().zip(&brokers).map(|(link, (_, mqtt))| {
        let decoder = chengshu_mqtt::decoder(mqtt, link.id.clone());
        (link.id.to_string(), (decoder, handover.for_link(link.clone())))
    });
    let ways = ways.chain(lines.iter().map(|(link, line)| {
        (link.id.to_string(), (line.field.decoder(link.id.clone()), handover.for_link(link.clone())))
    }));
    let ways = ways.chain([(http_link.id.to_string(), (door.decoder(), handover.for_link(http_link.clone())))]);
    let replayer = Replayer::new(ways.collect(), store.clone(), clock.clone());
    let about = About {
        version: env!("CARGO_PKG_VERSION"),
        demo: mode.demo,
        district_code: config.district_code.clone(),
        district_name: config.district_name.clone(),
    };
    let door_stop = CancellationToken::new();
    let clock_sync = ClockSync::default();
    let nightly = Nightly::prepare(config, data, &database_url, &store, &registry, &clock)?;
    let identities = Identities::new(store.clone(), clock.clone(), keys.secrets, keys.seal)?;
    identities.register(&registry)?;
    let keeper = Keeper::new(store.clone(), clock.clone(), config.audit.clone(), Some(data.to_owned()), &registry)?;
    let mut app = App::new(
        &engine,
        store,
        replayer.clone(),
        door.clone(),
        clock.clone(),
        door_stop.clone(),
        about,
        config.api,
        registry.clone(),
        clock_sync.clone(),
        evidence.clone(),
        identities.clone(),
        keeper.clone(),
    );
    app.backups = nightly.board();
    app.device_doors = gate.as_ref().map(|gate| gate.broker.doors()).unwrap_or_default().into();
    app.guard = config.hooks.guard.clone();
    app.public_url = config.public_url.as_deref().map(Arc::from);
    let public_url = config.public_url.as_deref().unwrap_or_default();
    app.sso = Sso::new(config.sso.clone(), public_url, &clock).context("reading sso.ca_file")?;
    app.scratch = data.to_owned();
    app.tls = config.front.tls.as_ref().map(|tls| tls.tls.clone());
    app.trusted_proxies = config.front.trusted_proxies.clone().into();
    let (sinks, said): (Vec<_>, Vec<_>) = brokers.iter().map(|_| notices()).unzip();
    let sinks: BTreeMap<_, _> = brokers.iter().map(|(name, _)| name.clone()).zip(sinks).collect();
    app.outlets = Arc::new(Outlets {
        email: config.hooks.mail.is_some(),
        brokers: sinks.keys().cloned().collect(),
        messages_per_minute: config.hooks.messages_per_minute,
    });
    let hooks = Hooks {
        board: engine.board(),
        store: app.store.clone(),
        clock: clock.clone(),
        wake: engine.hooks_wake(),
        seal: identities.seal().clone(),
        brokers: sinks,
        options: config.hooks.clone(),
        metrics: HookMetrics::new(&registry)?,
    };
    let (stop, tasks) = parts.part();
    let engine_failed = failed.clone();
    tasks.spawn(async move {
        if let Err(error) = engine.run(queue, stop).await {
            tracing::error!(error = format!("{:#}", anyhow::Error::new(error)), "the engine cannot go on");
            engine_failed.cancel();
        }
    });

    // 4. the adapters
    let (stop, tasks) = parts.part();
    let pictures: Arc<dyn Evidence> = Arc::new(Pictures(evidence));
    let context = |link: Arc<Link>, orders| AdapterContext {
        intake: handover.for_link(link.clone()),
        link,
        orders,
        evidence: pictures.clone(),
        stop: stop.clone(),
        clock: clock.clone(),
    };
    let mqtt_link = links[0].clone();
    for ((link, (_, mqtt)), said) in links.into_iter().zip(brokers).zip(said) {
        let orders = outward.way(&desk, &link, CommandSet { kinds: &[], free: true });
        let context = context(link, orders);
        let factory: AdapterFactory =
            Box::new(move |context| Box::pin(chengshu_mqtt::run(mqtt.clone(), said.clone(), context)));
        tasks.spawn(supervise::adapter(factory, context));
    }
    let devices = identities.devices().clone();
    match gate {
        Some(gate) => tasks.spawn(gate.keeper(&app, mqtt_link, devices).run(stop.clone())),
        None => tasks.spawn(refresh(devices, clock.clone(), stop.clone())),
    };
    let field_links: Vec<_> = lines.iter().map(|(link, _)| link.clone()).collect();
    for (link, line) in lines {
        let orders = outward.way(&desk, &link, line.field.commands());
        let newest = app.board.read(|board| newest(board, &link.id));
        let protocol = line.field.protocol(link.id.clone(), &newest);
        let context = context(link, orders);
        let factory: AdapterFactory =
            Box::new(move |context| Box::pin(chengshu_line::run(line.line.clone(), protocol.clone(), context)));
        tasks.spawn(supervise::adapter(factory, context));
    }
    drop(handover);
    app.protocols = Arc::new(field::workbench());
    app.command_sets = Arc::new(outward.sets);
    let dispatch = Dispatch {
        board: app.board.clone(),
        store: app.store.clone(),
        clock: clock.clone(),
        wake: app.orders_wake.clone(),
        ways: outward.ways,
        metrics: OrderMetrics::new(&registry)?,
    };

    // 5. the door
    let tasks = parts.part_with(door_stop.clone());
    let stop = door_stop;
    let gauge = IntGauge::new(
        "chengshu_clock_synchronized",
        "1 when the machine's clock follows a time source, 0 not, -1 unknown",
    )?;
    registry.register(Box::new(gauge.clone()))?;
    tasks.spawn(timesync::watch(clock_sync.clone(), gauge, clock.clone(), stop.clone()));
    tasks.spawn(nightly.run(stop.clone()));
    if let Some(files) = config.front.tls.clone() {
        tasks.spawn(tls::watch(files, clock.clone(), stop.clone()));
    }
    tasks.spawn(keeper.run(stop.clone()));
    let noting = configured::note(config.files.clone(), data.to_owned(), app.store.clone(), clock.clone());
    tasks.spawn(stop.clone().run_until_cancelled_owned(noting));
    tasks.spawn(chengshu_hooks::run(hooks, stop.clone()));
    tasks.spawn(chengshu_orders::run(dispatch, reports, stop.clone()));
    let closing = door.clone();
    tasks.spawn(async move {
        stop.cancelled().await;
        replayer.close(); // the engine ends when nobody is left who could hand something over
        closing.close();
    });
    let listener = TcpListener::bind(config.http).await.with_context(|| {
        format!(
            "the hub cannot listen on {}; stop whoever does, or set hub.http (demo: --http) to another address",
            config.http
        )
    })?;
    let http = listener.local_addr()?;
    door.open();
    let server_failed = failed.clone();
    tasks.spawn(async move {
        if let Err(error) = serve(listener, app).await {
            tracing::error!(error = format!("{:#}", anyhow::Error::new(error)), "the server cannot go on");
            server_failed.cancel();
        }
    });
    let ready = Ready {
        http: format!("{}://{http}", config.scheme()),
        database: database_url,
        admin_key: keys.admin,
        keys: keys.roles,
        accounts: Vec::new(),
        mqtt: parts.field.clone(),
        devices: parts.devices,
    };
    let field = listening(&field_links, &clock).await;
    Ok(Running { ready, failed, identities, ring: keys.ring, field, clock, parts: parts.list })
}

impl Running {
    /// Stops everything in order: door, adapters, engine, managed parts.
    pub async fn stop(self) {
        let mut grace = self.clock.sleep(STOP_GRACE);
        for (stop, tasks) in self.parts.into_iter().rev() {
            stop.cancel();
            tasks.close();
            tokio::select! {
                () = tasks.wait() => {}
                () = &mut grace => tracing::warn!("a part did not stop in time; going on without waiting"),
            }
        }
    }
}

/// The ways to the adapters, and what their devices can be asked, by the name of the link.
#[derive(Default)]
struct Outward {
    ways: FxHashMap<String, OrderSink>,
    sets: BTreeMap<String, CommandSet>,
}

impl Outward {
    fn way(&mut self, desk: &OrderDesk, link: &Link, set: CommandSet) -> Orders {
        let (sink, orders) = desk.link();
        self.ways.insert(link.id.to_string(), sink);
        self.sets.insert(link.id.to_string(), set);
        orders
    }
}

/// The parts in the order in which they were started.
#[derive(Default)]
struct Parts {
    list: Vec<(CancellationToken, TaskTracker)>,
    /// Where the managed broker's shared user comes, and its credentials.
    field: Option<(SocketAddr, String, String)>,
    /// Where devices come.
    devices: Option<SocketAddr>,
}

impl Parts {
    fn part(&mut self) -> (CancellationToken, TaskTracker) {
        let stop = CancellationToken::new();
        let tasks = self.part_with(stop.clone());
        (stop, tasks)
    }

    fn part_with(&mut self, stop: CancellationToken) -> TaskTracker {
        let tasks = TaskTracker::new();
        self.list.push((stop, tasks.clone()));
        tasks
    }
}

type Brokers = Vec<(String, MqttConfig)>;

/// The managed broker, its process and what its log tells.
struct Gate {
    broker: Broker,
    pulse: Pulse,
    listener: Listener,
}

impl Gate {
    /// Who keeps its files true.
    fn keeper(self, app: &App, link: Arc<Link>, keys: DeviceKeys) -> Doorkeeper {
        let Self { broker, pulse, listener } = self;
        let (board, store, clock) = (app.board.clone(), app.store.clone(), app.clock.clone());
        listener.attach(Belongs { link: link.clone(), keys: keys.clone(), board: board.clone() });
        Doorkeeper { broker, pulse, listener, link, keys, board, store, clock }
    }
}

/// Keeps the copy of the credentials true, for external brokers that ask.
async fn refresh(devices: DeviceKeys, clock: SharedClock, stop: CancellationToken) {
    loop {
        if let Err(error) = devices.refresh().await {
            tracing::debug!(error = %error.database_words(), "brokers are answered with the credentials of before");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = devices.changed() => {}
            () = clock.sleep(Duration::from_secs(2)) => {}
        }
    }
}

async fn managed(
    config: &Config,
    data: &Path,
    clock: &SharedClock,
    parts: &mut Parts,
) -> anyhow::Result<(String, Option<String>, Brokers, Option<Gate>)> {
    let (stop, tasks) = parts.part();
    let (url, worker) = match &config.database_url {
        Some(url) => (url.clone(), None),
        None => {
            let cluster = Cluster::prepare(data, wal_archive(config, data)?.as_deref())
                .await
                .context("preparing the managed database")?;
            cluster.wait_for_predecessor(clock).await?;
            tasks.spawn(child::keep(cluster.spec(), clock.clone(), stop.clone()));
            cluster.wait_ready(clock).await?;
            (cluster.url(), Some(cluster.worker_url()))
        }
    };
    let instance = secret::keep(&data.join("instance.id"))?;
    if !config.brokers.is_empty() {
        let external = config.brokers.iter().map(|broker| {
            let client_id =
                broker.client_id.clone().unwrap_or_else(|| format!("chengshu-{}-{}", broker.name, &instance[..12]));
            let mqtt = mqtt(config, broker, client_id);
            (broker.name.clone(), mqtt)
        });
        return Ok((url, worker, external.collect(), None));
    }
    let mapped = foreign::mapped(&config.mappings);
    let filters = mapped.as_ref().map_or(&[][..], |mapped| &mapped.filters);
    let broker = Broker::prepare(data, &config.managed, filters).context("preparing the managed broker")?;
    let client_id = format!("chengshu-{}", &instance[..12]);
    let (pulse, listener) = (Pulse::default(), Listener::new(&client_id, clock.clone()));
    let ears = listener.clone();
    tasks.spawn(child::keep(broker.spec(move || ears.ear(), pulse.clone()), clock.clone(), stop));
    broker.wait_ready(clock).await?;
    let mqtt = managed_mqtt(config, &broker.socket, &broker.hub, client_id);
    parts.field = broker.shared.clone();
    parts.devices = Some(broker.devices);
    Ok((url, worker, vec![("main".to_owned(), mqtt)], Some(Gate { broker, pulse, listener })))
}

/// What the connection to the managed broker needs to know.
pub fn managed_mqtt(config: &Config, socket: &Path, login: &(String, String), client_id: String) -> MqttConfig {
    MqttConfig {
        host: "the managed broker".to_owned(),
        port: 0,
        socket: Some(socket.to_owned()),
        version: MqttVersion::V311,
        tls: None,
        login: Some(login.clone()),
        client_id,
        group: None,
        payload_max: config.payload_max,
        times: config.times,
        mapped: foreign::mapped(&config.mappings),
    }
}

/// What the connection to an external broker needs to know.
pub fn mqtt(config: &Config, broker: &BrokerConfig, client_id: String) -> MqttConfig {
    let login = broker.user.clone().map(|user| (user, broker.password.clone().unwrap_or_default()));
    let mappings =
        broker.mappings.as_ref().map_or_else(|| config.mappings.clone(), |names| config.mappings.only(names));
    MqttConfig {
        host: broker.host.clone(),
        port: broker.port,
        socket: None,
        version: broker.version,
        tls: broker.tls.clone(),
        login,
        client_id,
        group: broker.group.clone(),
        payload_max: config.payload_max,
        times: config.times,
        mapped: foreign::mapped(&mappings),
    }
}

/// Where the field lines listen, once they do.
async fn listening(links: &[Arc<Link>], clock: &SharedClock) -> Vec<chengshu_sim::FieldLine> {
    let mut field = Vec::new();
    for link in links {
        let Some(protocol) = chengshu_sim::FieldProtocol::of(link.kind) else { continue };
        while link.listening().is_empty() && link.last_report().state != LinkState::Down {
            clock.sleep(Duration::from_millis(10)).await;
        }
        field.extend(link.listening().first().map(|address| chengshu_sim::FieldLine { protocol, address: *address }));
    }
    field
}

/// Up to when values of a link's devices are stored.
fn newest(board: &BoardState, link: &LinkId) -> Vec<(DeviceId, Timestamp)> {
    let mine = board.devices().iter().filter(|slot| slot.device.link == *link);
    let newest = mine.map(|slot| (&slot.device.id, slot.series.iter().filter_map(|one| Some(one.latest?.at)).max()));
    newest.filter_map(|(device, at)| Some((device.clone(), at?))).collect()
}

/// The field lines and their links.
fn lines(config: &Config, clock: &SharedClock) -> anyhow::Result<Vec<(Arc<Link>, FieldLine)>> {
    config.lines.iter().map(|line| Ok((link(line.field.name(), &line.name, clock)?, line.clone()))).collect()
}

fn link(kind: &'static str, name: &str, clock: &SharedClock) -> anyhow::Result<Arc<Link>> {
    let id = LinkId::parse(&format!("{kind}:{name}"))?;
    Ok(Arc::new(Link::new(id, kind, name.to_owned(), clock.now())))
}

/// The door for what is sent by HTTP.
fn door(
    config: &Config,
    data: &Path,
    link: &Arc<Link>,
    handover: &Intake,
    clock: &SharedClock,
) -> anyhow::Result<Door> {
    let keys = Spool::open(SpoolOptions::new(data.join("keys"), KEYS_BYTES)).context("opening the idempotency keys")?.0;
    let keys = Keys::open(keys, clock.clone()).context("reading the idempotency keys")?;
    let nonces = Spool::open(SpoolOptions::new(data.join("nonces"), NONCES_BYTES)).context("opening the nonces")?.0;
    let nonces = Nonces::open(nonces, clock.clone()).context("reading the nonces")?;
    Ok(Door::new(DoorParts {
        link: link.clone(),
        intake: handover.for_link(link.clone()),
        city: foreign::city(link.id.clone(), Limits { payload_max: config.payload_max, times: config.times }),
        push: foreign::push(link.id.clone(), config.mappings.clone()),
        keys,
        nonces,
        clock: clock.clone(),
        payload_max: config.payload_max,
    }))
}
