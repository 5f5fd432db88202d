#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub sensor: u8,
    pub celsius: f32,
    pub humidity: u8,
}
