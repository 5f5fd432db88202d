use crate::buffer::Buffer;

pub struct Search {
    buffer: Buffer,
    position: usize,
}

impl Search {
    pub fn run(mut self, input: &[u8]) -> u64 {
        while self.buffer.fill(input) {
            if !self.matches() {
                break;
            }
        }
        self.buffer.offset()
    }

    fn matches(&mut self) -> bool {
        self.position += 1;
        self.position < 10
    }
}
