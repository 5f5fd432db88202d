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

    fn take(&mut self, wanted: u32) -> Option<u32> {
        self.items = self.items.checked_sub(wanted)?;
        Some(self.items)
    }
}
