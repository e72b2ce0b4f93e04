/** The hours of an average month. */
export const hoursPerMonth = 730;

/** An amount of USD: `5.45`; a small one with the digits that matter: `0.0045`. */
export function moneyText(amount: number): string {
  const isSmall = amount !== 0 && Math.abs(amount) < 0.1;
  return amount.toFixed(isSmall ? 4 : 2);
}

/** A change in USD, with its sign: `+0.76`. */
const signedMoney = (amount: number): string => (amount < 0 ? '' : '+') + moneyText(amount);

/** A change in USD/h, with that of an average month: `+0.76 USD/h (+554.80 USD/month)`. */
export const rateChangeText = (hourly: number): string =>
  hourly === 0
    ? '+0.00 USD/h'
    : `${signedMoney(hourly)} USD/h (${signedMoney(hourly * hoursPerMonth)} USD/month)`;
