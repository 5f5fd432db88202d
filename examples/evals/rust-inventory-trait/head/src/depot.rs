use crate::storage::Storage;

pub struct Depot {
    pub storages: Vec<Box<dyn Storage>>,
    pub reorder_below: u32,
}

impl Depot {
    /// Takes `wanted` items of each storage; gives the names of those to be ordered again, the empty ones included.
    pub fn pick(&mut self, wanted: u32) -> Vec<String> {
        let mut orders = Vec::new();
        for storage in &mut self.storages {
            let left = storage.take(wanted);
            if left.map_or(true, |left| left < self.reorder_below) {
                orders.push(storage.name().to_string());
            }
        }
        orders
    }
}
