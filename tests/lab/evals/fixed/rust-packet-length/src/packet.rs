//! Packets: kind, length of the payload (two bytes, big endian), payload.

use crate::kind::Kind;

const HEADER: usize = 3;
pub const LONGEST: usize = u16::MAX as usize;

#[derive(Debug, PartialEq)]
pub enum Error {
    TooLong(usize),
    UnknownKind(u8),
    NotText,
}

pub fn ping() -> Vec<u8> {
    vec![Kind::Ping as u8, 0, 0]
}

pub fn text(text: &str) -> Result<Vec<u8>, Error> {
    if text.len() > LONGEST {
        return Err(Error::TooLong(text.len()));
    }
    let mut packet = Vec::with_capacity(HEADER + text.len());
    packet.push(Kind::Text as u8);
    packet.extend_from_slice(&(text.len() as u16).to_be_bytes());
    packet.extend_from_slice(text.as_bytes());
    Ok(packet)
}

/// The first packet of `bytes` with its text, and what follows it; None until all of it is there.
pub fn read(bytes: &[u8]) -> Result<Option<(Kind, &str, &[u8])>, Error> {
    if bytes.len() < HEADER {
        return Ok(None);
    }
    let kind = Kind::of(bytes[0]).ok_or(Error::UnknownKind(bytes[0]))?;
    let length = usize::from(u16::from_be_bytes([bytes[1], bytes[2]]));
    if bytes.len() < HEADER + length {
        return Ok(None);
    }
    let (payload, rest) = bytes[HEADER..].split_at(length);
    let text = std::str::from_utf8(payload).map_err(|_| Error::NotText)?;
    Ok(Some((kind, text, rest)))
}
