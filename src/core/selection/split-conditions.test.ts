import { describe, expect, test } from 'vitest';
import { customerFields } from './customer-fields.ts';
import { splitConditions } from './split-conditions.ts';

const split = (text: string) => splitConditions(text, customerFields).map((part) => part.trim());

describe('several conditions in one text', () => {
  test.each([
    ['tier = gold', ['tier = gold']],
    ['tier = gold AND country = PT', ['tier = gold', 'country = PT']],
    [
      'tier=gold and attributes.city ~ Den  and total_bookings>=3',
      ['tier=gold', 'attributes.city ~ Den', 'total_bookings>=3'],
    ],
    ['tier in gold, silver and country in (PT)', ['tier in gold, silver', 'country in (PT)']],
    ['attributes.shop = Salt and Pepper', ['attributes.shop = Salt and Pepper']],
    ['attributes.shop = Salt and Pepper = good', ['attributes.shop = Salt and Pepper = good']],
    ['attributes.shop = "x and tier = gold"', ['attributes.shop = "x and tier = gold"']],
    ['and tier = gold', ['and tier = gold']],
  ])('%s', (text, parts) => expect(split(text)).toEqual(parts));
});
