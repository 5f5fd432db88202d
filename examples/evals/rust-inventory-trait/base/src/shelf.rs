use crate::storage::Storage;

pub struct Shelf {
    pub name: String,
    pub items: u32,
}

impl Storage for Shelf {
    fn name(&self) -> &str {
        &self.name
    }

    fn count(&self) -> u32 {
        self.items
    }

    fn take_one(&mut self) -> bool {
        if self.items == 0 {
            return false;
        }
        self.items -= 1;
        true
    }
}
