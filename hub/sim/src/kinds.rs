//! The kinds of simulated device: how many there are of each, what they are called and how often they speak. Their
//! metrics stand in `topics/water`; a test sees to it that the two agree.

/// A kind of `topics/water`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SimKind {
    /// 河道水位站
    RiverLevel,
    /// 潮位站
    TideLevel,
    /// 雨量站
    RainGauge,
    /// 内涝监测点
    Waterlogging,
    /// 水库水位站
    ReservoirLevel,
    /// 排涝泵站
    PumpStation,
}

use SimKind::{PumpStation, RainGauge, ReservoirLevel, RiverLevel, TideLevel, Waterlogging};

impl SimKind {
    /// Of every 200 devices so many are of each kind.
    const SHARES: [(Self, usize); 6] = [
        (RiverLevel, 24),
        (TideLevel, 8),
        (RainGauge, 36),
        (Waterlogging, 72),
        (ReservoirLevel, 16),
        (PumpStation, 44),
    ];

    /// The kind of device number `index`: exact shares in every 200, and well mixed in fewer.
    pub(crate) fn of(index: usize) -> Self {
        let mut seat = index.wrapping_mul(79) % 200; // 79 and 200 have no common factor: every seat is taken once
        for (kind, share) in Self::SHARES {
            if seat < share {
                return kind;
            }
            seat -= share;
        }
        Waterlogging
    }

    /// Its name in the theme.
    pub(crate) const fn id(self) -> &'static str {
        match self {
            RiverLevel => "river_level",
            TideLevel => "tide_level",
            RainGauge => "rain_gauge",
            Waterlogging => "waterlogging",
            ReservoirLevel => "reservoir_level",
            PumpStation => "pump_station",
        }
    }

    /// The middle of its device ids.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            RiverLevel => "RL",
            TideLevel => "TL",
            RainGauge => "RG",
            Waterlogging => "WL",
            ReservoirLevel => "RS",
            PumpStation => "PS",
        }
    }

    /// What a station of it is called.
    pub(crate) const fn station(self) -> &'static str {
        match self {
            RiverLevel => "河道站",
            TideLevel => "海岸潮位站",
            RainGauge => "雨量站",
            Waterlogging => "内涝点",
            ReservoirLevel => "水库站",
            PumpStation => "排涝泵站",
        }
    }

    /// Milliseconds between two reports.
    pub(crate) const fn period_ms(self) -> u64 {
        match self {
            ReservoirLevel => 6_000,
            _ => 5_000,
        }
    }
}
