#include <memory>
#include "pool.h"

int run(const shop::Pool &pool);

int main() {
  auto pool = std::make_unique<shop::Pool>(3);
  return run(*pool);
}
