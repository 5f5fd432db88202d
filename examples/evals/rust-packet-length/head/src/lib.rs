pub mod kind;
pub mod packet;
