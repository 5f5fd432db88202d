use crate::storage::Storage;

/// Items in boxes of equal size, the last one maybe opened.
pub struct Boxes {
    pub name: String,
    pub per_box: u32,
    pub full: u32,
    pub loose: u32,
}

impl Storage for Boxes {
    fn name(&self) -> &str {
        &self.name
    }

    fn count(&self) -> u32 {
        self.full * self.per_box + self.loose
    }

    fn take(&mut self, wanted: u32) -> Option<u32> {
        let left = self.count().checked_sub(wanted)?;
        if wanted <= self.loose {
            self.loose -= wanted;
        } else {
            self.full = left / self.per_box;
            self.loose = left % self.per_box;
        }
        Some(left)
    }
}
