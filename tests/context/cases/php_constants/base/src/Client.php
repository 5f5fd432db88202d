<?php
namespace Shop;

use Shop\Options;

class Client
{
    public function open(array $given)
    {
        return $given;
    }
}
