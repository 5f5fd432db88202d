use crate::storage::Storage;

pub struct Depot {
    pub storages: Vec<Box<dyn Storage>>,
    pub reorder_below: u32,
}

impl Depot {
    /// Takes one item of each storage; gives the names of those to be ordered again.
    pub fn pick(&mut self) -> Vec<String> {
        let mut orders = Vec::new();
        for storage in &mut self.storages {
            storage.take_one();
            if storage.count() < self.reorder_below {
                orders.push(storage.name().to_string());
            }
        }
        orders
    }
}
