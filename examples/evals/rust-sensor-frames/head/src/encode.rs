use crate::reading::Reading;

pub const FRAME: usize = 4;

/// What the sensors can measure, in degrees.
pub const COLDEST: f32 = -40.0;
pub const HOTTEST: f32 = 125.0;

/// Appends a frame: sensor, temperature in tenths of a degree (two bytes), humidity.
/// Gives false, and appends nothing, when the reading is none that a sensor can give.
pub fn encode(reading: &Reading, bytes: &mut Vec<u8>) -> bool {
    if !(COLDEST..=HOTTEST).contains(&reading.celsius) || reading.humidity > 100 {
        return false;
    }
    let tenths = (reading.celsius * 10.0).round() as i16;
    bytes.push(reading.sensor);
    bytes.extend_from_slice(&tenths.to_be_bytes());
    bytes.push(reading.humidity);
    true
}

/// All readings that can be sent, as one buffer.
pub fn encode_all(readings: &[Reading]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(readings.len() * FRAME);
    for reading in readings {
        encode(reading, &mut bytes);
    }
    bytes
}
