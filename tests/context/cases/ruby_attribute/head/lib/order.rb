class Order
  LIMIT = 10
  attr_reader :total

  def initialize(total, currency)
    @total = total
    @currency = currency
  end
end
