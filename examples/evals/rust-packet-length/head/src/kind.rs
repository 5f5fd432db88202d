#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    Ping = 1,
    Text = 2,
}

impl Kind {
    pub fn of(byte: u8) -> Option<Kind> {
        match byte {
            1 => Some(Kind::Ping),
            2 => Some(Kind::Text),
            _ => None,
        }
    }
}
