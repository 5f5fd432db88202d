<?php
namespace Shop;

use Shop\Options;

class Client
{
    public function open(array $given)
    {
        $options = new Options($given[Options::TIMEOUT]);
        return $options->seconds();
    }
}
