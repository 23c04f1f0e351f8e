/** The opaque name of a delivery in the outside world: the database it belongs to, and its key there. Nothing personal. */
export function deliveryReference(instanceId: string, deliveryId: number): string {
  return `${instanceId}-${deliveryId}`;
}
