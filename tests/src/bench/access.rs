//! What it costs to know who asks and whether they may, for each kind of caller, on one core; beside asking the database each
//! time, as a hub without a memory of tokens would.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chengshu_access::{Extent, Object, Part, Right, Rights, Role, Scope};
use chengshu_core::model::Timestamp;
use chengshu_core::seam::{Clock, SharedClock};
use chengshu_identity::{Identities, Proof, Secrets};
use chengshu_seal::Seal;
use chengshu_store::{Store, StoreOptions};
use futures_util::future::BoxFuture;

use crate::world::{keys, now, whole};

const ROUNDS: u32 = 200_000;
const ASKED: u32 = 2_000;
/// What a request may pay for it, µs.
const GOAL_US: f64 = 30.0;

struct Wall;

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        now()
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(span))
    }
}

/// Prints microseconds a request.
pub fn access() -> anyhow::Result<()> {
    let (_world, database, _broker, hub) = whole("");
    let department = |name: &str| Scope::of([Extent::new(Part::All, Part::some([name]), Part::All, Part::All)]);
    let grants = [
        keys::grant(&[Role::Operator], department("水务局"))?,
        keys::grant(&[Role::Maintainer], department("城市管理局"))?,
        keys::grant(&[Role::Steward], department("应急管理局"))?,
    ];
    let person = keys::person(hub.database(), "bench", &grants)?;
    let service = keys::new();
    keys::service(hub.database(), &service, "bench", Rights::for_service([Right::SeeCity])?, &department("水务局"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!(
        "authorisation on one core: token → who → right → scope of one device ({ROUNDS} times; goal {GOAL_US} µs):"
    );
    for (what, token) in [("a person with three grants", &person), ("a service with a quota", &service)] {
        let (known, asked) = runtime.block_on(async {
            let url = database.url.clone();
            let options = StoreOptions { url, owner: None, readers: 2, reader_timeout: Duration::from_secs(5) };
            let store = Store::new(&options)?;
            let clock: SharedClock = Arc::new(Wall);
            let identities = Identities::new(store, clock, Secrets::default(), Seal::new(&[7; 32], &[]))?;
            let known = each(&identities, token, ROUNDS, false).await?;
            let asked = each(&identities, token, ASKED, true).await?;
            anyhow::Ok((known, asked))
        })?;
        println!("  {what}: {known:.2} µs; asking the database each time {asked:.0} µs, ratio {:.4}", known / asked);
    }
    Ok(())
}

/// Microseconds for one of them.
async fn each(identities: &Identities, token: &str, rounds: u32, forgetful: bool) -> anyhow::Result<f64> {
    let start = Instant::now();
    for _ in 0..rounds {
        if forgetful {
            identities.forget();
        }
        let now = now();
        let known = identities.find(&Proof::of(black_box(token)), None, true, now).await;
        let known = known.map_err(|error| anyhow::anyhow!("{error:?}"))?;
        let scope = known.caller.may(Right::SeeCity, now);
        let object = Object { theme: "water", department: Some("水务局"), area: None, camera: None };
        anyhow::ensure!(scope.is_some_and(|scope| scope.covers(black_box(&object))), "the caller may not");
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(rounds))
}
