use crate::reading::Reading;

pub const FRAME: usize = 4;

/// Sensor, temperature in tenths of a degree (two bytes), humidity.
pub fn encode(reading: &Reading) -> Option<[u8; FRAME]> {
    let tenths = (reading.celsius * 10.0).round();
    if !(0.0..=6553.5).contains(&reading.celsius) || reading.humidity > 100 {
        return None;
    }
    let [high, low] = (tenths as u16).to_be_bytes();
    Some([reading.sensor, high, low, reading.humidity])
}
