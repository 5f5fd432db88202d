use crate::kind::Kind;

pub fn ping() -> Vec<u8> {
    vec![Kind::Ping as u8, 0, 0]
}
