//! What stands at one place: the small model of its theme, and its battery. Pure: the same sky and the same steps give
//! the same state. Sensors' errors are added when it is read, not in the state.

use crate::battery::Battery;
use crate::fire::FireStation;
use crate::housing::HousingStation;
use crate::kinds::SimKind;
use crate::noise::Noise;
use crate::plan::SimDevice;
use crate::sky::Around;
use crate::water::WaterStation;
use crate::world::Value;

/// A station of any theme.
#[derive(Debug, Clone)]
pub(crate) struct Station {
    model: Model,
    battery: Option<Battery>,
}

#[derive(Debug, Clone)]
enum Model {
    Water(WaterStation),
    Fire(FireStation),
    Housing(HousingStation),
}

impl Station {
    pub(crate) fn new(device: &SimDevice, noise: &mut Noise) -> Self {
        let model = match device.kind {
            SimKind::RiverLevel
            | SimKind::TideLevel
            | SimKind::RainGauge
            | SimKind::Waterlogging
            | SimKind::ReservoirLevel
            | SimKind::PumpStation => Model::Water(WaterStation::new(device, noise)),
            SimKind::SmokeDetector
            | SimKind::ElectricalFire
            | SimKind::Hydrant
            | SimKind::FireTank
            | SimKind::GasDetector
            | SimKind::Transmitter => Model::Fire(FireStation::new(device, noise)),
            SimKind::DustStation
            | SimKind::NoiseStation
            | SimKind::TowerCrane
            | SimKind::Elevator
            | SimKind::DeepPit
            | SimKind::BuildingTilt => Model::Housing(HousingStation::new(device, noise)),
        };
        Self { model, battery: Battery::of(device, noise) }
    }

    /// Lets time pass.
    pub(crate) fn step(&mut self, around: &Around<'_>) {
        match &mut self.model {
            Model::Water(station) => station.step(around),
            Model::Fire(station) => station.step(around),
            Model::Housing(station) => station.step(around),
        }
    }

    /// What its sensors say.
    pub(crate) fn values(&self, now: f64, noise: &mut Noise) -> Vec<Value> {
        let mut values = match &self.model {
            Model::Water(station) => station.values(noise),
            Model::Fire(station) => station.values(noise),
            Model::Housing(station) => station.values(noise),
        };
        values.extend(self.battery.as_ref().map(|battery| ("battery", battery.volts(now, noise), 2)));
        values
    }

    /// Whether a sleeping device would wake up for what it feels.
    pub(crate) fn is_urgent(&self) -> bool {
        match &self.model {
            Model::Water(_) => false, // they speak every few seconds anyway
            Model::Fire(station) => station.is_urgent(),
            Model::Housing(station) => station.is_urgent(),
        }
    }

    /// Whether it is a street that even a shower floods.
    pub(crate) fn is_black_spot(&self) -> bool {
        matches!(&self.model, Model::Water(station) if station.is_black_spot())
    }
}
