//! What the engine counts of itself, for Prometheus. Names and meanings are listed in deploy/METRICS.md; a test
//! compares the two.

use prometheus::{Histogram, HistogramOpts, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};

/// The engine's metrics.
#[derive(Clone)]
pub struct EngineMetrics {
    /// Readings by outcome: stored, duplicate, rejected.
    pub readings: IntCounterVec,
    /// Things set aside by reason.
    pub rejected: IntCounterVec,
    /// Deliveries in a transaction.
    pub batch: Histogram,
    /// Seconds that a transaction took.
    pub commit: Histogram,
    /// Bytes that wait in the intake.
    pub intake: IntGauge,
    /// 1 while the database answers.
    pub database: IntGauge,
    /// Devices by state.
    pub devices: IntGaugeVec,
    /// 1 while a link is up.
    pub link: IntGaugeVec,
    /// Devices and gateways that are connected to a link.
    pub peers: IntGaugeVec,
    /// What a link tolerated, refused or ended, by its code.
    pub deviations: IntGaugeVec,
    /// The ledger by link and outcome.
    pub ledger: IntGaugeVec,
    /// Bytes in the spool.
    pub spool: IntGauge,
    /// Records of the spool lost to damage.
    pub spool_lost: IntGauge,
    /// Age of the oldest untrue minute of the rollups, seconds.
    pub rollup_lag: IntGauge,
}

impl EngineMetrics {
    /// Makes and registers them.
    ///
    /// # Errors
    /// When a name is taken already.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let buckets = vec![0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
        let sizes = vec![1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0];
        let metrics = Self {
            readings: IntCounterVec::new(Opts::new("chengshu_readings_total", "readings by outcome"), &["outcome"])?,
            rejected: IntCounterVec::new(Opts::new("chengshu_rejected_total", "set aside by reason"), &["reason"])?,
            batch: Histogram::with_opts(
                HistogramOpts::new("chengshu_batch_deliveries", "deliveries in a transaction").buckets(sizes),
            )?,
            commit: Histogram::with_opts(
                HistogramOpts::new("chengshu_commit_seconds", "time of a transaction").buckets(buckets),
            )?,
            intake: IntGauge::new("chengshu_intake_bytes", "bytes that wait in the intake")?,
            database: IntGauge::new("chengshu_database_up", "1 while the database answers")?,
            devices: IntGaugeVec::new(Opts::new("chengshu_devices", "devices by state"), &["state"])?,
            link: IntGaugeVec::new(Opts::new("chengshu_link_up", "1 while a link is up"), &["link"])?,
            peers: IntGaugeVec::new(Opts::new("chengshu_link_peers", "devices and gateways connected"), &["link"])?,
            deviations: IntGaugeVec::new(
                Opts::new("chengshu_link_deviations", "what was tolerated, refused or ended, by code, since the start"),
                &["link", "code"],
            )?,
            ledger: IntGaugeVec::new(Opts::new("chengshu_ledger_items", "the ledger in items"), &["link", "outcome"])?,
            spool: IntGauge::new("chengshu_spool_bytes", "bytes in the spool")?,
            spool_lost: IntGauge::new("chengshu_spool_lost_records", "records of the spool lost to damage")?,
            rollup_lag: IntGauge::new("chengshu_rollup_lag_seconds", "age of the oldest untrue minute of the rollups")?,
        };
        for collector in [
            Box::new(metrics.readings.clone()) as Box<dyn prometheus::core::Collector>,
            Box::new(metrics.rejected.clone()),
            Box::new(metrics.batch.clone()),
            Box::new(metrics.commit.clone()),
            Box::new(metrics.intake.clone()),
            Box::new(metrics.database.clone()),
            Box::new(metrics.devices.clone()),
            Box::new(metrics.link.clone()),
            Box::new(metrics.peers.clone()),
            Box::new(metrics.deviations.clone()),
            Box::new(metrics.ledger.clone()),
            Box::new(metrics.spool.clone()),
            Box::new(metrics.spool_lost.clone()),
            Box::new(metrics.rollup_lag.clone()),
        ] {
            registry.register(collector)?;
        }
        Ok(metrics)
    }
}
