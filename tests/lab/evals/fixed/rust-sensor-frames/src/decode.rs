use crate::encode::FRAME;
use crate::reading::Reading;

/// The readings of a buffer of whole frames. Frames with an impossible humidity are left out.
pub fn decode(bytes: &[u8]) -> Vec<Reading> {
    bytes
        .chunks_exact(FRAME)
        .filter(|frame| frame[3] <= 100)
        .map(|frame| Reading {
            sensor: frame[0],
            celsius: i16::from_be_bytes([frame[1], frame[2]]) as f32 / 10.0,
            humidity: frame[3],
        })
        .collect()
}
