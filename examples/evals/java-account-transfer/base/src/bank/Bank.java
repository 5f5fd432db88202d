package bank;

public final class Bank {
    public boolean transfer(Account from, Account to, long amount) {
        if (from == to) {
            throw new IllegalArgumentException("both accounts are " + from.number());
        }
        if (!from.withdraw(amount)) {
            return false;
        }
        to.deposit(amount);
        return true;
    }
}
