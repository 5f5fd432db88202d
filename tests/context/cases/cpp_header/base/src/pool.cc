#include "pool.h"
namespace shop {

Pool::Pool(int size) : size_(size) {}

}  // namespace shop
