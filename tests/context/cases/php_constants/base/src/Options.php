<?php
namespace Shop;

final class Options
{
    public const TIMEOUT = 'timeout';

    public function __construct(private int $seconds = 30) {}

    public function seconds(): int
    {
        return $this->seconds;
    }
}
