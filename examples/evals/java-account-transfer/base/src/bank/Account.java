package bank;

public final class Account {
    private final long number;
    private long cents;

    public Account(long number, long cents) {
        this.number = number;
        this.cents = cents;
    }

    public long number() {
        return number;
    }

    public synchronized long cents() {
        return cents;
    }

    public synchronized void deposit(long amount) {
        if (amount <= 0) {
            throw new IllegalArgumentException("amount " + amount);
        }
        cents = Math.addExact(cents, amount);
    }

    public synchronized boolean withdraw(long amount) {
        if (amount <= 0) {
            throw new IllegalArgumentException("amount " + amount);
        }
        if (cents < amount) {
            return false;
        }
        cents -= amount;
        return true;
    }
}
