export const level = 1;
if (user !== 'admin‮⁦// check⁩ ⁦') { }
const usеr = 1;
const text = 'hid​den';
const family = '👩‍👩‍👧';
const Δx = 0.1;
