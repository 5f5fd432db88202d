class Order
  LIMIT = 10
  attr_reader :total

  def initialize(total)
    @total = total
  end
end
