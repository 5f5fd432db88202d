use crate::limits::MOST;

pub struct Buffer {
    bytes: Vec<u8>,
    consumed: usize,
}

impl Buffer {
    pub fn offset(&self) -> u64 {
        self.consumed as u64
    }

    pub fn consume(&mut self, amount: usize) {
        self.bytes.drain(..amount);
        self.consumed += amount;
    }

    pub fn fill(&mut self, more: &[u8]) -> bool {
        if self.bytes.len() + more.len() > MOST {
            return false;
        }
        self.bytes.extend_from_slice(more);
        !more.is_empty()
    }
}
