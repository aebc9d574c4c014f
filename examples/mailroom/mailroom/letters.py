"""What happens to a letter."""


class Letters:
    def __init__(self, session):
        self.session = session

    async def post(self, letter):
        self.session.add(letter)  # as in SQLAlchemy: `add` is a plain method, `commit` a coroutine function
        await self.session.commit()
        return letter

    async def count(self):
        rows = await self.session.execute("select count(*) from letters")
        return rows.scalar()
