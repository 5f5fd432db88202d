#pragma once
namespace shop {

class SHOP_EXPORT Pool {
 public:
  static constexpr int kMost = 8;
  explicit Pool(int size);
  int size() const { return size_; }

 private:
  int size_ = 0;
};

}  // namespace shop
