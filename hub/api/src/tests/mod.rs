//! Who gets what through the real router: a board drawn by hand, a database that never answers, and a table of keys.

mod bodies;
mod matrix;
mod reach;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use chengshu_access::{Caller, Extent, Grant, Part, Right, Rights, Role, Scope};
use chengshu_audit::{Keeper, Options};
use chengshu_broker::Secret;
use chengshu_core::model::{
    Aggregate, Alarm, AlarmId, Details, Device, DeviceId, Kpi, KpiId, Label, LinkId, MetricId, Place, RuleId, Severity,
    ThemeId, Timestamp,
};
use chengshu_core::seam::{Clock, IntakeQueue, Link, SharedClock, intake};
use chengshu_engine::{Board, Engine, EngineMetrics, EngineOptions, Keep, Keys, Nonces, Replayer, Services, Unknown};
use chengshu_evidence::Shelf;
use chengshu_identity::{Identities, Secrets};
use chengshu_seal::Seal;
use chengshu_spool::{Spool, SpoolOptions};
use chengshu_store::{Store, StoreOptions};
use futures_util::future::BoxFuture;
use prometheus::Registry;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::register::device::tests::theme;
use crate::{About, ApiLimits, App, ClockSync, Door, DoorParts, router};

/// The password of device OWN-1 at brokers.
pub(super) const PASSWORD: &str = "7777777777777777777777777777";
const NOW: Timestamp = Timestamp::from_ms(1_795_336_920_000);

/// The moment stands still; waiting takes time, so that a question to the database gives up, and so does every look at the
/// time that passes, so that a stream goes on.
#[derive(Default)]
struct Still(AtomicU64);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        NOW
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.0.fetch_add(1, Ordering::Relaxed))
    }

    #[allow(clippy::disallowed_methods, reason = "the one place where a test has to wait")]
    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(span))
    }
}

/// Everybody there is, each by their key. People have one role everywhere; `own` is an operator, maintainer and steward of
/// department `own`.
pub(super) fn callers() -> BTreeMap<String, Caller> {
    let person = |role: Role| (role.id().to_owned(), Caller::person(role.id(), "张三", Arc::from([Grant::from(role)])));
    let service = |right: Right| {
        let rights = Rights::for_service([right]).unwrap();
        (format!("service {right}"), Caller::service("s", "s", rights, Scope::All))
    };
    let mut all: BTreeMap<String, Caller> = Role::ALL.into_iter().map(person).collect();
    all.extend(Right::ALL.into_iter().filter(|right| right.for_services()).map(service));
    all.extend([
        ("confined".to_owned(), Caller::person_confined("c", "李四")),
        ("screen".to_owned(), Caller::screen("1", "wall", Scope::All)),
        ("device".to_owned(), Caller::device("OWN-1", "test")),
        ("local".to_owned(), Caller::local()),
        ("demo".to_owned(), Caller::demo()),
    ]);
    all
}

/// The scope of one department.
fn of_department(name: &str) -> Scope {
    Scope::of([Extent::new(Part::All, Part::some([name]), Part::All, Part::All)])
}

fn narrow() -> [(String, Caller); 4] {
    let scope = || of_department("own");
    let everything = Right::ALL.into_iter().filter(|right| right.for_services());
    let services = Caller::service("own", "own", Rights::for_service(everything).unwrap(), scope());
    let person = |roles: &[Role]| {
        let roles = chengshu_access::Roles::new(roles.iter().copied()).unwrap();
        Caller::person("own", "王五", Arc::from([Grant { roles, scope: scope(), from: None, until: None }]))
    };
    [
        ("own".to_owned(), services),
        ("own person".to_owned(), person(&[Role::Operator, Role::Maintainer, Role::Steward])),
        ("own leader".to_owned(), person(&[Role::Leader])),
        ("own screen".to_owned(), Caller::screen("2", "wall", scope())),
    ]
}

fn device(id: &str, department: Option<&str>) -> (Device, Vec<(MetricId, i32)>) {
    let link = LinkId::parse("http:ingest").unwrap();
    let mut device = Device::heard(DeviceId::parse(id).unwrap(), ThemeId::parse("test").unwrap(), link, NOW);
    device.place = Place::new(111.9, 21.8);
    device.name = Some(format!("name of {id}"));
    let department = department.map(str::to_owned);
    let area = Some(format!("area of {id}"));
    device.details =
        Some(Arc::new(Details { department, area, vendor: Some(format!("{id} Ltd")), ..Details::default() }));
    (device, vec![(MetricId::parse("x").unwrap(), i32::try_from(id.len()).unwrap())])
}

fn alarm(device: &str) -> Alarm {
    let rule = RuleId::parse("test_high").unwrap();
    let device = DeviceId::parse(device).unwrap();
    Alarm {
        id: AlarmId::of(&rule, 1, &device, NOW, chengshu_core::model::Crossing::Raised),
        rule,
        rule_version: 1,
        theme: ThemeId::parse("test").unwrap(),
        device,
        metric: Some(MetricId::parse("x").unwrap()),
        severity: Severity::Urgent,
        worst: Severity::Urgent,
        since: NOW,
        limit: 1.0,
        clear: 0.5,
        value: 2.0,
        raised_at: NOW,
        raised_received: NOW,
        cleared_at: None,
        cleared_value: None,
    }
}

/// `OWN-1` and `OWN-22` of department own, `OTHER-1` of another, `OTHER-NONE` of none; an alarm on each, one key figure.
fn board() -> Board {
    let mut theme = theme();
    theme.kpis = vec![Kpi {
        id: KpiId::parse("mean").unwrap(),
        name: Label { zh: "均值".to_owned(), en: "Mean".to_owned() },
        kind: theme.kinds[0].id.clone(),
        metric: MetricId::parse("x").unwrap(),
        aggregate: Aggregate::Avg,
        unit: "m".to_owned(),
        precision: 1,
        band: None,
        band_source: String::new(),
    }];
    let devices = vec![
        device("OWN-1", Some("own")),
        device("OTHER-1", Some("other")),
        device("OWN-22", Some("own")),
        device("OTHER-NONE", None),
    ];
    let alarms = devices.iter().map(|(device, _)| alarm(device.id.as_str())).collect();
    Board::drawn(Arc::from([theme]), devices, alarms, NOW)
}

/// The router, and what must live as long as it.
pub(super) struct World {
    router: Router,
    _queue: IntakeQueue,
    _dir: tempfile::TempDir,
}

impl World {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock: SharedClock = Arc::new(Still::default());
        let spool = |name: &str| Spool::open(SpoolOptions::new(dir.path().join(name), 1 << 20)).unwrap().0;
        let registry = Registry::new();
        let nobody = StoreOptions {
            owner: None,
            url: "postgres://nobody:none@127.0.0.1:1/none".to_owned(),
            readers: 2,
            reader_timeout: Duration::from_secs(1),
        };
        let store = Store::new(&nobody).unwrap();
        let link = Arc::new(Link::new(LinkId::parse("http:ingest").unwrap(), "http", "ingest".to_owned(), NOW));
        let options = EngineOptions {
            batch_max: 1,
            linger: Duration::ZERO,
            unknown: Unknown::Accept,
            devices_max: 10,
            metrics_per_device_max: 10,
            checkpoint_every: Duration::from_secs(1),
            spool_after: Duration::from_secs(1),
            keep: Keep { reading_days: 1, minute_days: 1, hour_days: 1 },
        };
        let engine = Engine::new(Services {
            store: store.clone(),
            holder: "test".to_owned(),
            themes: Arc::from([theme()]),
            links: vec![link.clone()],
            spool: spool("spool"),
            clock: clock.clone(),
            options,
            metrics: EngineMetrics::new(&registry).unwrap(),
        });
        let (handover, queue) = intake(1 << 20);
        let door = Door::new(DoorParts {
            intake: handover.for_link(link.clone()),
            link,
            city: crate::ingest::tests::city(),
            push: Box::new(|_, _, _| None),
            keys: Keys::open(spool("keys"), clock.clone()).unwrap(),
            nonces: Nonces::open(spool("nonces"), clock.clone()).unwrap(),
            clock: clock.clone(),
            payload_max: 1000,
        });
        let about = About {
            version: "0",
            demo: false,
            district_code: "441702".to_owned(),
            district_name: Label { zh: "区".to_owned(), en: "District".to_owned() },
        };
        let limits = ApiLimits { request_timeout: Duration::from_millis(200), ..ApiLimits::default() };
        let shelf = Arc::new(Shelf::open(dir.path().join("evidence"), 1 << 20).unwrap());
        let replayer = Replayer::new(BTreeMap::new(), store.clone(), clock.clone());
        let all = callers().into_iter().chain(narrow());
        let secrets = all.fold(Secrets::default(), |secrets, (key, caller)| secrets.with(&key, caller));
        let identities = Identities::new(store.clone(), clock.clone(), secrets, Seal::new(&[1; 32], &[])).unwrap();
        let own = Secret::new([7; 28]);
        assert_eq!(own.expose(), PASSWORD);
        let own = (DeviceId::parse("OWN-1").unwrap(), own.hash([1; 12]));
        identities.devices().draw(HashMap::from([own]));
        let stop = CancellationToken::new();
        let audit = Keeper::new(store.clone(), clock.clone(), Options::default(), None, &registry).unwrap();
        let mut app = App::new(
            &engine,
            store,
            replayer,
            door,
            clock,
            stop,
            about,
            limits,
            registry,
            ClockSync::default(),
            shelf,
            identities,
            audit,
        );
        app.board = board();
        app.trails = Arc::new(crate::trail::Trails::without_database());
        Self { router: router(app), _queue: queue, _dir: dir }
    }

    /// Asks; an answer that does not end is looked at as far as it has come.
    pub(super) async fn ask(&self, method: &str, path: &str, key: Option<&str>, body: &str) -> (StatusCode, String) {
        let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let answer = self.router.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let status = answer.status();
        if answer.headers().get("content-type").is_some_and(|media| media == "text/event-stream") {
            let mut parts = answer.into_body().into_data_stream();
            let first = futures_util::StreamExt::next(&mut parts).await.unwrap().unwrap();
            return (status, String::from_utf8(first.to_vec()).unwrap());
        }
        let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    pub(super) async fn get(&self, path: &str, key: &str) -> (u16, String) {
        let (status, body) = self.ask("GET", path, Some(key), "").await;
        (status.as_u16(), body)
    }

    /// The router without the world, for requests that are made otherwise.
    pub(super) fn router(&self) -> Router {
        self.router.clone()
    }
}
