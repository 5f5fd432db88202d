import attrs
import requests
from pydantic import BaseModel
from sqlalchemy.orm import Session


class Query(BaseModel):
    url: str


@attrs.define
class Answer:
    code: int


def get(query: Query, session: Session):
    answer = requests.get(query.url, timeout=3)
    session.add(answer).missing()
    return Answer(answer.status_code), Query(url='x').anything
